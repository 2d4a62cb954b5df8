/** Writes docs/rules/ from the rules: `npm run docs`. With `--check` it only tells what is stale. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rules } from "../src/lint/registry.js";
import { ruleIndexPage, rulePage } from "../src/lint/rule-page.js";

const folder = fileURLToPath(new URL("../docs/rules", import.meta.url));

const pages = new Map<string, string>([
  ["README.md", ruleIndexPage(rules)],
  ...rules.map((rule): [string, string] => [`${rule.name}.md`, rulePage(rule)]),
]);

function present(name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return undefined;
  }
}

mkdirSync(folder, { recursive: true });
const others = readdirSync(folder).filter((name) => !pages.has(name));
const stale = [...pages.keys()].filter((name) => present(name) !== pages.get(name));
if (process.argv.includes("--check")) {
  for (const name of [...stale, ...others]) console.error(`docs/rules/${name} is stale`);
  process.exitCode = stale.length + others.length > 0 ? 1 : 0;
} else {
  for (const name of stale) writeFileSync(join(folder, name), pages.get(name)!);
  for (const name of others) rmSync(join(folder, name));
  console.error(`docs/rules: ${pages.size} pages, ${stale.length} written`);
}
