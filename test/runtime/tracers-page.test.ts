/** The examples of docs/tracers.md: they compile, and print what the page says. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generate } from "../../src/codegen/generate.js";
import { repoRoot } from "../support/repo-root.js";
import { modelsOf } from "./trace-events-of.js";

const page = readFileSync(join(repoRoot, "docs", "tracers.md"), "utf8");
const blocks = [...page.matchAll(/^```(\S+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language: language!,
  text: text!,
}));
const textsOf = (language: string) =>
  blocks.filter((block) => block.language === language).map(({ text }) => text);
const programs = textsOf("ts");
const alias = {
  "qtrace/runtime": join(repoRoot, "src", "runtime", "index.ts"),
  "qtrace/traces": join(repoRoot, "src", "traces", "index.ts"),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qtrace-"));
  mkdirSync(join(folder, "generated"));
  symlinkSync(join(repoRoot, "node_modules"), join(folder, "node_modules"));
  for (const [name, text] of generate(modelsOf(textsOf("trace-events")[0]!, "disk"))) {
    writeFileSync(join(folder, "generated", name), text);
  }
  programs.forEach((text, index) => {
    writeFileSync(join(folder, `program${index}.ts`), text);
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("they pass a strict type check", () => {
  const compilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, noUncheckedIndexedAccess: true },
    ...{ target: "es2023", lib: ["es2023", "dom"], module: "esnext", types: ["node"] },
    moduleResolution: "bundler",
    paths: Object.fromEntries(Object.entries(alias).map(([name, file]) => [name, [file]])),
  };
  const include = programs.map((_, index) => `program${index}.ts`);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include }));
  const tsc = join(repoRoot, "node_modules", "typescript", "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
}, 120_000);

test.each(textsOf("text").map((text, index) => ({ index, text })))(
  "program $index prints what the page says",
  ({ index, text }) => {
    const outfile = join(folder, `program${index}.mjs`);
    buildSync({
      entryPoints: [join(folder, `program${index}.ts`)],
      ...{ bundle: true, format: "esm", platform: "node", outfile, alias },
    });
    const options = { encoding: "utf8", cwd: folder, timeout: 30_000 } as const;
    expect(execFileSync(process.execPath, [outfile], options)).toBe(text);
  },
);

test("each has its output", () => {
  expect(programs).toHaveLength(3);
  expect(textsOf("text")).toHaveLength(programs.length);
});
