/** `npm run bench -- NAME…`: runs the `run` of bench/NAME.ts; without a name it tells which there are. */

import { readdirSync } from "node:fs";

interface Bench {
  readonly run: () => Promise<void> | void;
}

const there = readdirSync(new URL(".", import.meta.url))
  .filter((file) => file.endsWith(".ts") && file !== "main.ts")
  .map((file) => file.replace(/\.ts$/, ""));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !there.includes(name));

if (wanted.length === 0 || unknown.length > 0) {
  console.error(`usage: npm run bench -- NAME…, of ${there.join(", ")}`);
  process.exitCode = 2;
} else {
  for (const name of wanted) await ((await import(`./${name}.ts`)) as Bench).run();
}
