/** Names that are code: what is generated from them has it as text, and runs none of it. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import ts from "typescript";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { generate } from "../../src/codegen/generate.js";
import { buildModel } from "../../src/model/build-model.js";
import type { EventModel } from "../../src/model/event-model.js";
import { runCli } from "../support/cli.js";
import { pick, seededRandom } from "../support/random.js";
import { repoRoot } from "../support/repo-root.js";

const folder = mkdtempSync(join(tmpdir(), "qtrace-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

const runtime = join(repoRoot, "src/runtime/index.js");
const code = "globalThis.injected = true;";
const breakouts = ["\n", "\r", "\r\n", "\u2028", "\u2029", "*/", "/*", "//", "\\", "'", '"', "`"];
const others = [
  "${",
  "}",
  "\ud800",
  "\udc00",
  "\u202e",
  "\0",
  "\u0085",
  "é",
  "\u{1f600}",
  " ",
  "*",
];
const fragments = [code, ...breakouts, ...others];

function events(place: string): EventModel[] {
  return buildModel(parse('e(int a, const char *b) "%d %5s"\ndisable f(void) ""\n', place), {
    group: "root",
  });
}

/** The module's syntax: each statement's kind and name, and the texts that it has as values. */
function outline(text: string) {
  const file = ts.createSourceFile("root.ts", text, ts.ScriptTarget.Latest, true);
  const program = ts.transpileModule(text, { reportDiagnostics: true });
  expect(program.diagnostics?.map(({ messageText }) => messageText)).toEqual([]);
  const literals: string[] = [];
  const kinds: string[] = [];
  const visit = (node: ts.Node) => {
    kinds.push(ts.SyntaxKind[node.kind]);
    if (ts.isStringLiteral(node)) literals.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { kinds, literals };
}

describe("the module of hostile names has the syntax of any other", () => {
  const random = seededRandom(16);
  const hostile = () =>
    Array.from({ length: 1 + random(6) }, () => pick(random, fragments)).join("");

  /** The first event, with another declaration and with a literal text before its conversions. */
  const texts = (event: EventModel, declaration: string, text: string): EventModel => {
    const format = { ...event.format!, pieces: [text, ...event.format!.pieces] };
    return { ...event, declaration, format };
  };

  test("in files, runtimes, declarations and formats", () => {
    for (let run = 0; run < 150; run++) {
      const [file, name, runtime, declaration, text] = Array.from({ length: 5 }, hostile);
      const [first, second] = events(file!) as [EventModel, EventModel];
      const options = { runtime: runtime!, sourceName: (called: string) => `${called}${name}` };
      const module = generate([texts(first, declaration!, text!), second], options).get("root.ts")!;
      const plain = generate([texts(first, "e", "TEXT"), second], { runtime: "RUNTIME" });
      const { kinds, literals } = outline(plain.get("root.ts")!);
      const given: Readonly<Record<string, string>> = { RUNTIME: runtime!, TEXT: text! };
      const expected = literals.map((literal) => given[literal] ?? literal);
      expect(outline(module)).toEqual({ kinds, literals: expected });
      expect(module).not.toMatch(/[\u2028\u2029\u202e\p{Cs}\0\r]/u);
    }
  });

  test.each(fragments)("and a name with %j in it is refused, or can be one", (fragment) => {
    const [plain] = events("plain") as [EventModel];
    const first = { ...plain, declaration: "e" };
    const named = { ...first, name: `e${fragment}` };
    const argument = { ...first.arguments[0]!, name: `a${fragment}` };
    for (const event of [named, { ...first, arguments: [argument] }]) {
      if (fragment === "é") outline(generate([event]).get("root.ts")!);
      else expect(() => generate([event])).toThrow("no tracer can have the name");
    }
    expect(() => generate([{ ...first, group: `g${fragment}` }])).toThrow("no module");
    const place = { file: "f", line: `1${fragment}` as unknown as number };
    expect(() => generate([{ ...first, place }])).toThrow("no tracer can have the number");
  });
});

test("generate runs nothing of a folder's name", async () => {
  const nasty = `a\n${code}\n/b*/${code}/*\u2028${code}\r${code}'"\`\${${code}}`;
  const source = join(folder, nasty, "trace-events");
  mkdirSync(dirname(source), { recursive: true });
  writeFileSync(source, 'e(int a) "*/ %d"\n');
  const out = join(folder, "generated");
  const args = ["--out", out, "--group", "root", "--runtime", runtime];
  expect(await runCli(["generate", source, ...args])).toMatchObject({ code: 0 });
  const module = join(out, "root.ts");
  expect(readFileSync(module, "utf8")).toContain(String.raw`a\u{a}${code}\u{a}`);
  const options = ["--noEmit", "--strict", "--target", "es2023", "--module", "esnext"];
  const tsc = [join(repoRoot, "node_modules/typescript/bin/tsc"), "--ignoreConfig", ...options];
  const rest = ["--moduleResolution", "bundler", "--types", "node", "--skipLibCheck", module];
  execFileSync(process.execPath, [...tsc, ...rest], { cwd: repoRoot, encoding: "utf8" });
  const bundle = join(folder, "root.mjs");
  await build({ entryPoints: [module], outfile: bundle, bundle: true, format: "esm" });
  const loaded = (await import(pathToFileURL(bundle).href)) as Record<string, unknown>;
  expect(loaded.trace_e).toBeTypeOf("function");
  expect(globalThis).not.toHaveProperty("injected");
});
