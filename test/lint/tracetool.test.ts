/** What QEMU's own generator refuses, the linter reports as an error; where it is stricter, a reason. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { severityOf } from "../../src/diagnostics/catalogue.js";
import { lint } from "../../src/lint/lint.js";
import { pick, type Random, seededRandom } from "../support/random.js";
import { repoRoot } from "../support/repo-root.js";
import { describeWith } from "../support/tools.js";

/** What the linter refuses a text for that today's QEMU is to read. */
function errors(text: string): string[] {
  return lint(parse(text), undefined, { qemu: { major: 10, minor: 2 } })
    .filter((problem) => severityOf(problem) === "error")
    .map(({ code }) => code);
}

/** A line each, with the code of the linter's error. */
const refused: readonly (readonly [line: string, code: string])[] = [
  ["e", "expected"],
  ["disable e", "expected"],
  ["e int a)", "expected"],
  ["e(int a", "expected"],
  ['e(int a "%d"', "expected"],
  ["e(int (*f)(void))", "expected"],
  ["e((void))", "expected"],
  ["(void)", "not-an-event"],
  ['"e"(void)', "not-an-event"],
  ["!", "unexpected-character"],
  ["$e(void)", "unexpected-character"],
  ["e-x(void)", "unexpected-character"],
  ["e(int... a)", "unexpected-character"],
  ["e(int a; int b)", "unexpected-character"],
  ["e\0(void)", "unexpected-character"],
  ["e()", "empty-argument"],
  ["e(int a,)", "empty-argument"],
  ["e(int a,,int b)", "empty-argument"],
  ["e(int)", "unnamed-argument"],
  ["e(int, int)", "unnamed-argument"],
  ["e(unsigned)", "unnamed-argument"],
  ["e(struct foo *a)", "allowed-types"],
  ["e(hwaddr a)", "allowed-types"],
  ["e(double a)", "allowed-types"],
  ["e(intptr_t a)", "allowed-types"],
  ["e(int a int b)", "allowed-types"],
  ["foo e(void)", "known-properties"],
  ['tcg e(void) "a", "b"', "known-properties"],
  [`e(${Array.from({ length: 11 }, (_, index) => `int a${index}`).join(", ")})`, "argument-limit"],
  ['e(void) "%m"', "no-errno-conversion"],
  ['e(void) "%%m"', "no-errno-conversion"],
  ['e(void) "%m", "b"', "no-errno-conversion"],
  [String.raw`e(void) "a\n"`, "no-newline-in-format"],
  [String.raw`e(void) "a\nb"`, "no-newline-in-format"],
  [String.raw`e(void) "a\\n"`, "no-newline-in-format"],
  ['e(void) "a", "b"', "single-format"],
  ["e (void)", "generator-layout"],
  [" e(void)", "generator-layout"],
  ["\te(void)", "generator-layout"],
  ['e(void) "a," "b"', "generator-layout"],
  ['e(uint64_t a, int b) "%" PRIu64 ", " "%d"', "generator-layout"],
];

/** What tracetool lets pass and the linter does not. */
const stricter: readonly (readonly [line: string, code: string, reason: string])[] = [
  ["e(void);", "unexpected-character", "tracetool drops what it cannot read behind an event"],
  ["e(void) # why", "text-behind-event", "the same"],
  ["e(void) f(void)", "text-behind-event", "the same: an event is lost"],
  ["e(int a) %d", "unexpected-character", "the same: the format is lost"],
  ['e(void) "a" b', "text-behind-event", "the C compiler refuses it"],
  ['e(void) "abc', "unterminated-string", "the C compiler refuses it"],
  ["e(int a[3])", "unexpected-character", "backends cannot store an array"],
  ["e(int 9)", "expected", "the C compiler refuses it"],
  ["é(void)", "unexpected-character", "not all C compilers take it"],
  ["e(char *)", "unnamed-argument", "the C compiler refuses it"],
  ["e(void, int a)", "unnamed-argument", "tracetool drops the void"],
  ["e(void a)", "allowed-types", "the C compiler refuses it"],
  ["e(const a)", "allowed-types", "an implicit int is no longer C"],
  ["e(long char a)", "allowed-types", "the C compiler refuses it"],
  ['disable e(void) "a", "b"', "single-format", "refused as soon as the event is enabled"],
  ["  disable e(void)", "generator-layout", "passes by accident: with one blank it does not"],
  ['e(void) "%5m"', "no-errno-conversion", "%m all the same"],
  ['e(void) "%y"', "unknown-conversion", "the C compiler warns"],
  [String.raw`e(void) "\q"`, "unknown-escape", "the C compiler warns"],
  ["e(uint64_t a) PRIx64", "stray-macro", "tracetool drops a format that begins with a macro"],
  ['e(int a) "%d %d"', "format-matches-arguments", "the C compiler refuses it"],
  ['e(int a) "%s"', "format-types", "the C compiler refuses it"],
];

const accepted = [
  "e(void)",
  "disable e(void)",
  'e(int a) ""',
  "e( int  a ,\tconst char *b )",
  'e(uint64_t a)"0x%"PRIx64"."',
  String.raw`e(int a) "a, \"b\" %d"`,
  "# comment",
  "  # comment",
  "",
];

const snippets = [
  ...'( ) , , , " " # \\ % _ 0 9 a $ ; \t \\n %m %%m ", " ," \\\\n void int PRIx64 disable const *'.split(
    " ",
  ),
  ...[" ", "  ", "struct ", '", "', '," ', "\u00a0", "é"],
];

/** A declaration with something put in, taken out or doubled. No lone CR: Python takes it for a newline. */
function mutated(random: Random): string {
  let line = pick(random, [...accepted, ...refused.map(([line]) => line)]);
  for (let count = 1 + random(3); count > 0; count--) {
    const at = random(line.length + 1);
    const put = pick(random, [pick(random, snippets), "", line.slice(random(line.length + 1))]);
    line = line.slice(0, at) + put + line.slice(at + random(3));
  }
  return line;
}

describeWith(["python", "qemuScripts"], "tracetool", ({ python, qemuScripts }) => {
  /** What it says of each text; null where it generates code. */
  function tracetool(texts: readonly string[]): (string | null)[] {
    const script = join(repoRoot, "test", "lint", "tracetool.py");
    const input = JSON.stringify(texts);
    return JSON.parse(execFileSync(python, [script, qemuScripts], { encoding: "utf8", input }));
  }

  test("refuses these, and so do we", () => {
    const lines = refused.map(([line]) => line);
    const theirs = tracetool(lines.map((line) => `${line}\n`));
    expect(lines.filter((_, index) => theirs[index] === null)).toEqual([]);
    for (const [line, code] of refused) expect(errors(`${line}\n`), line).toContain(code);
  });

  test("refuses a file without a last newline, and so do we", () => {
    expect(tracetool(["e(void)", "# end", "e(void)\n\n# end"])).not.toContain(null);
    expect(errors("e(void)")).toEqual(["missing-final-newline"]);
    expect(errors("# end")).toEqual(["missing-final-newline"]);
  });

  test("accepts these, and so do we", () => {
    const texts = accepted.map((line) => `${line}\n`);
    expect(tracetool(texts)).toEqual(accepted.map(() => null));
    expect(texts.flatMap(errors)).toEqual([]);
  });

  test("accepts these, which we refuse for a reason", () => {
    expect(tracetool(stricter.map(([line]) => `${line}\n`))).toEqual(stricter.map(() => null));
    for (const [line, code] of stricter) expect(errors(`${line}\n`), line).toContain(code);
  });

  test("refuses no mutated line that we accept", () => {
    const random = seededRandom(1);
    const texts = Array.from({ length: 3000 }, () => `${mutated(random)}\n`);
    const theirs = tracetool(texts);
    const missed = texts.filter((text, index) => theirs[index] !== null && !errors(text).length);
    expect(missed).toEqual([]);
    expect(theirs.filter((said) => said === null).length).toBeGreaterThan(300);
  });
});
