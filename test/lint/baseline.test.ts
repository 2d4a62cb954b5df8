import { expect, test } from "vitest";
import type { FileProblems } from "../../src/diagnostics/file-problems.js";
import {
  applyBaseline,
  type Baseline,
  makeBaseline,
  parseBaseline,
  printBaseline,
} from "../../src/lint/baseline.js";
import { lintExample } from "../support/lint-text.js";

const nameOf = ({ path }: FileProblems) => path;
const lint = (text: string) => lintExample(text, "recommended");
const baselineOf = (text: string): Baseline => {
  const parsed = parseBaseline(printBaseline(makeBaseline(lint(text), nameOf)));
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed;
};
const left = (baseline: Baseline, text: string) => {
  const { files, known, gone } = applyBaseline(lint(text), baseline, nameOf);
  const codes = files.flatMap(({ problems }) => problems.map(({ code }) => code));
  return { codes, known, gone };
};

const old = 'a(int b) "0x%d"\n';

test("what is in the baseline is not told", () => {
  expect(left(baselineOf(old), old)).toEqual({ codes: [], known: 1, gone: 0 });
});

test("lines may move, and other things on the line may change", () => {
  const moved = `# a.c\n\nx(void)\na(int b, int c) "0x%d %d"\n`;
  expect(left(baselineOf(old), moved)).toEqual({ codes: [], known: 1, gone: 0 });
});

test("what comes on top is told: by another event, by another rule, once more in the same event", () => {
  expect(left(baselineOf(old), `${old}c(int b) "0x%d"\n`).codes).toEqual(["decimal-after-0x"]);
  expect(left(baselineOf(old), 'a(int b) "(0x%d"\n').codes).toEqual(["unbalanced-bracket"]);
  const twice = left(baselineOf(old), 'a(int b, int c) "0x%d 0x%d"\n');
  expect(twice).toEqual({ codes: ["decimal-after-0x"], known: 1, gone: 0 });
});

test("what has been mended is counted", () => {
  expect(left(baselineOf(old), 'a(int b) "%d"\n')).toEqual({ codes: [], known: 0, gone: 1 });
});

test("lines that declare nothing are known by their text", () => {
  const broken = "a(int\n";
  expect(left(baselineOf(broken), `\n${broken}`).codes).toEqual([]);
});

test("events may have the names of everything that JavaScript knows", () => {
  const text = 'constructor(int b) "0x%d"\n__proto__(int b) "0x%d"\n';
  expect(left(baselineOf(text), text)).toEqual({ codes: [], known: 2, gone: 0 });
  expect(left({}, text).codes).toHaveLength(2);
});

test("the file is sorted, and so the same whatever the order of findings", () => {
  const [one, two] = ['a(int b) "0x%d"\n', 'b(int b) "(0x%d"\n'];
  const print = (text: string) => printBaseline(makeBaseline(lint(text), nameOf));
  expect(print(one + two)).toBe(print(two + one));
});

test("what is no baseline is told as such", () => {
  expect(parseBaseline("{")).toBe("not JSON");
  expect(parseBaseline("{}")).toBe("not a baseline of qtrace's, version 1");
  for (const findings of [undefined, [], { a: 1 }, { a: { b: { c: "1" } } }]) {
    expect(parseBaseline(JSON.stringify({ version: 1, findings }))).toMatch(
      /^its findings are not/,
    );
  }
});
