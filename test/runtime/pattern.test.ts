import { describe, expect, test } from "vitest";
import { isSelected, parseEventsFile, parsePattern } from "../../src/runtime/pattern.js";

describe("a pattern matches", () => {
  test.each([
    ["*", "anything", true],
    ["savevm_*", "savevm_section_start", true],
    ["savevm_*", "savevm_", true],
    ["savevm_*", "loadvm_state_setup", false],
    ["savevm_*", "qemu_savevm_x", false],
    ["*_start", "savevm_section_start", true],
    ["*_start", "savevm_section_start_x", false],
    ["*section*", "savevm_section_start", true],
    ["a*b*c", "abc", true],
    ["a*b*c", "a_b_b_c", true],
    ["a*b*c", "acb", false],
    ["a**c", "abc", true],
    ["savevm_state", "savevm_state", true],
    ["savevm_state", "savevm_state_setup", false],
    ["vm?tate", "vmstate", true],
    ["vm?tate", "vmtate", false],
    ["a.c", "abc", false],
    ["a.c*", "abc", false],
    ["[a]*", "a", false],
    ["", "a", false],
  ])("'%s' and '%s': %s", (pattern, name, matches) => {
    expect(parsePattern(pattern).matches(name)).toBe(matches);
  });

  test("a minus turns off what it matches", () => {
    expect(parsePattern("-savevm_*")).toMatchObject({ enable: false, glob: "savevm_*" });
    expect(parsePattern("-savevm_*").matches("savevm_x")).toBe(true);
    expect(parsePattern("savevm-x").enable).toBe(true);
  });
});

describe("of several patterns", () => {
  const select = (...texts: string[]) =>
    ["savevm_start", "savevm_end", "ram"].filter((name) =>
      isSelected(texts.map(parsePattern), name),
    );

  test("the last one that matches decides", () => {
    expect(select("savevm_*", "-savevm_end")).toEqual(["savevm_start"]);
    expect(select("-savevm_end", "savevm_*")).toEqual(["savevm_start", "savevm_end"]);
    expect(select("*", "-*", "ram")).toEqual(["ram"]);
  });

  test("none selects nothing", () => {
    expect(select()).toEqual([]);
  });
});

test("an events file has a pattern a line, comments, and blank lines", () => {
  const patterns = parseEventsFile("# head\nsavevm_*\r\n\n  -savevm_end\n#ram\n");
  expect(patterns.map(({ enable, glob }) => [enable, glob])).toEqual([
    [true, "savevm_*"],
    [false, "savevm_end"],
  ]);
});
