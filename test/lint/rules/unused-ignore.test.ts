import { expect, test } from "vitest";
import { messageOf } from "../../../src/diagnostics/catalogue.js";
import { levelsOf } from "../../../src/lint/registry.js";
import { fixedBy, lintExample } from "../../support/lint-text.js";

const codes = (text: string, set: "recommended" | "strict" = "recommended") =>
  lintExample(text, set).flatMap(({ problems }) => problems.map(({ code }) => code));

test("a comment directly above excuses a line from the rules that it names", () => {
  expect(codes('a(int b) "0x%d"')).toEqual(["decimal-after-0x"]);
  expect(codes('# qtrace-ignore decimal-after-0x\na(int b) "0x%d"')).toEqual([]);
});

test("several rules, a reason, and comments in between", () => {
  const text = [
    "# qtrace-ignore decimal-after-0x, unbalanced-bracket -- scripts look for this, missing-blank",
    "# another comment",
    'a(int b) "(0x%d"',
  ];
  expect(codes(text.join("\n"))).toEqual([]);
});

test("it reaches one line only, and no blank one", () => {
  const ignore = "# qtrace-ignore decimal-after-0x\n";
  expect(codes(`${ignore}a(int b) "0x%d"\nb(int b) "0x%d"`)).toEqual(["decimal-after-0x"]);
  expect(codes(`${ignore}\na(int b) "0x%d"`)).toEqual(["unused-ignore", "decimal-after-0x"]);
});

test("what the parser says cannot be excused", () => {
  expect(codes("# qtrace-ignore expected\na(int b")).toContain("expected");
});

test("a name that no rule has is told", () => {
  const [file] = lintExample("# qtrace-ignore stray-leter\na(void)", "recommended");
  expect(file?.problems.map(messageOf)).toEqual(["there is no rule 'stray-leter' to ignore"]);
});

test("a rule that is off may be needed in another set", () => {
  const text = '# qtrace-ignore leading-blank\na(void) "b"';
  expect(codes(text)).toEqual([]);
  expect(codes(text, "strict")).toEqual(["unused-ignore"]);
});

test("turned off, comments that excuse nothing are let be", () => {
  const levels = new Map(levelsOf("recommended")).set("unused-ignore", "off");
  const text = '# qtrace-ignore stray-letter\na(void) "b"';
  expect(lintExample(text, levels)[0]?.problems).toEqual([]);
});

test("of several rules only the one that is not needed goes", () => {
  const fixed = (rules: string) =>
    fixedBy("unused-ignore", `# qtrace-ignore ${rules} -- why\na(int b) "0x%d"\n`).split("\n")[0];
  expect(fixed("stray-letter, decimal-after-0x")).toBe("# qtrace-ignore decimal-after-0x -- why");
  expect(fixed("decimal-after-0x, stray-letter")).toBe("# qtrace-ignore decimal-after-0x -- why");
  expect(fixed("decimal-after-0x stray-letter")).toBe("# qtrace-ignore decimal-after-0x -- why");
});

test("taking a comment away makes no byte-order mark of what stands below it", () => {
  const fixed = fixedBy("unused-ignore", "# qtrace-ignore decimal-after-0x\n\ufeffa\nb(void)");
  expect(fixed).toBe("\n\ufeffa\nb(void)");
});
