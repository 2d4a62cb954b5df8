import { describe, expect, test } from "vitest";
import {
  cycles,
  danglingArrows,
  defaultExports,
  forbiddenArrows,
  globalUses,
  type House,
  importsOf,
  onlyReExports,
  roomOf,
  type SourceText,
} from "./architecture.js";

const house: House = {
  grammar: { rooms: [], packages: ["chevrotain"] },
  "src/printf": { rooms: [] },
  "src/model": { rooms: ["grammar", "src/printf"] },
  "src/model/made-down.ts": { rooms: [] },
  "src/lint": { rooms: ["src/model"] },
  "src/index.ts": { rooms: ["src/lint"] },
  "src/cli": { rooms: ["src/lint"], packages: ["node:*"] },
};

const nodeGlobals = ["process", "Buffer"];

/** A made-up file. */
const at = (path: string, text: string): SourceText[] => [{ path, text }];

describe("the checker", () => {
  test("catches a forbidden arrow, and says where it starts and ends", () => {
    const made = at(
      "src/model/made-up.ts",
      '// A comment.\nimport { lint } from "../lint/run.js";',
    );
    expect(forbiddenArrows(house, made)).toEqual([
      "src/model/made-up.ts:2 → src/lint/run.ts (src/model may import grammar, src/printf)",
    ]);
  });

  test.each([
    ["a type-only import", 'import type { Rule } from "../lint/rule.js";'],
    ["a re-export", 'export { lint } from "../lint/run.js";'],
    ["an import on demand", 'const { lint } = await import("../lint/run.js");'],
    ["the type of a module", 'let rule: import("../lint/rule.js").Rule;'],
    ["a package of another room", 'import { Command } from "commander";'],
    ["a module of Node", 'import { readFileSync } from "node:fs";'],
    ["a module of Node by its old name", 'import { readFileSync } from "fs";'],
    ["an entry", 'import { parse } from "../index.js";'],
    ["a file outside of the house", 'import { shared } from "../../test/support/tools.js";'],
  ])("catches %s", (_, text) => {
    expect(forbiddenArrows(house, at("src/model/made-up.ts", text))).toHaveLength(1);
  });

  test("lets a room import itself and what the table gives it", () => {
    const text =
      'import "./event.js"; import "../../grammar/ast.js"; import "../printf/render.js";';
    expect(forbiddenArrows(house, at("src/model/made-up.ts", text))).toEqual([]);
  });

  test("lets a room with `node:*` import Node's modules", () => {
    expect(forbiddenArrows(house, at("src/cli/a.ts", 'import "node:fs";'))).toEqual([]);
  });

  test("takes a file that is named in the table for a room of its own", () => {
    expect(roomOf(house, "src/model/made-down.ts")).toBe("src/model/made-down.ts");
  });

  test("does not take a folder for a room because its name begins like one", () => {
    expect(roomOf(house, "src/lint-rules/a.ts")).toBeUndefined();
  });

  test("does not take an import in a comment or a string for one", () => {
    expect(
      importsOf(at("src/a.ts", "// import './b.js'\nconst text = 'import \"./c.js\"';")[0]!),
    ).toEqual([]);
  });

  test("finds a cycle of three, once", () => {
    const ring = [
      ["b", "c"],
      ["a", "b"],
      ["c", "a"],
    ].map(([from, to]) => ({ path: `src/${from}.ts`, text: `import "./${to}.js";` }));
    expect(cycles(ring)).toEqual(["src/a.ts → src/b.ts → src/c.ts → src/a.ts"]);
  });

  test("finds no cycle where two ways lead to one file", () => {
    const diamond = { a: ["b", "c"], b: ["d"], c: ["d"], d: [] };
    const made = Object.entries(diamond).map(([from, to]) => ({
      path: `src/${from}.ts`,
      text: to.map((name) => `import "./${name}.js";`).join("\n"),
    }));
    expect(cycles(made)).toEqual([]);
  });

  test("finds an import of a file that is not there", () => {
    expect(danglingArrows(at("src/a.ts", 'import "./b.js";'))).toEqual([
      "src/a.ts:1 → src/b.ts (no such file)",
    ]);
  });

  test.each(["process.exit(1)", "new Buffer(1)", "globalThis.process", "({ process })"])(
    "catches the global in %s",
    (text) => {
      expect(globalUses(nodeGlobals, at("src/a.ts", text))).toHaveLength(1);
    },
  );

  test.each(["step.process()", "({ process: 1 })", "(process: string) => process", "// process"])(
    "sees no global in %s",
    (text) => {
      expect(globalUses(nodeGlobals, at("src/a.ts", text))).toEqual([]);
    },
  );

  test.each([
    ["export * from './b.js';", 1],
    ["import { b } from './b.js'; export { b };", 1],
    ["export { b } from './b.js'; export const c = 1;", 0],
    ["import './b.js';", 0],
    ["import './b.js'; export {};", 0],
  ])("of %s re-exports only: %i", (text, count) => {
    expect(onlyReExports(at("src/a.ts", text))).toHaveLength(count);
  });

  test.each([
    ["export default 1;", 1],
    ["export default function f() {}", 1],
    ["export default class {}", 1],
    ["const a = 1; export { a as default };", 1],
    ["export const a = 1;", 0],
    ["switch (1) { default: }", 0],
  ])("default exports of %s: %i", (text, count) => {
    expect(defaultExports(at("src/a.ts", text))).toHaveLength(count);
  });
});
