import { describe, expect, test } from "vitest";
import {
  type LevelOverrides,
  type LintConfig,
  levelsAt,
  parseConfig,
} from "../../src/lint/config.js";

const mistake = (value: unknown) => {
  const parsed = parseConfig(typeof value === "string" ? value : JSON.stringify(value));
  return "mistake" in parsed ? parsed.mistake : undefined;
};

const config = (value: unknown): LintConfig => {
  const parsed = parseConfig(JSON.stringify(value));
  if ("mistake" in parsed) throw new Error(parsed.mistake);
  return parsed.config;
};

const nothing: LevelOverrides = { set: undefined, rules: new Map() };

test("an empty configuration is the recommended set", () => {
  const levels = levelsAt(config({}), nothing, "a/trace-events");
  expect(levels.get("stray-letter")).toBe("error");
  expect(levels.get("leading-blank")).toBe("off");
});

test("rules over the set, paths over rules, later paths over earlier, the command line over all", () => {
  const given = config({
    $schema: "./somewhere.json",
    set: "strict",
    rules: { "leading-blank": "error", "missing-format": "off" },
    paths: [
      { files: ["hw/**"], rules: { "leading-blank": "off" } },
      { files: ["hw/net/*", "x"], rules: { "leading-blank": "warn" } },
    ],
  });
  const level = (path: string, rule: string, overrides = nothing) =>
    levelsAt(given, overrides, path).get(rule);
  expect(level("ui/trace-events", "trailing-blank")).toBe("warn");
  expect(level("ui/trace-events", "leading-blank")).toBe("error");
  expect(level("ui/trace-events", "missing-format")).toBe("off");
  expect(level("hw/i2c/trace-events", "leading-blank")).toBe("off");
  expect(level("hw/net/trace-events", "leading-blank")).toBe("warn");
  const forced = { set: undefined, rules: new Map([["leading-blank", "error" as const]]) };
  expect(level("hw/net/trace-events", "leading-blank", forced)).toBe("error");
  const recommended: LevelOverrides = { set: "recommended", rules: new Map() };
  expect(level("ui/trace-events", "trailing-blank", recommended)).toBe("off");
});

describe("a mistake is told by its place", () => {
  test.each([
    [
      { rules: { "stray-leter": "off" } },
      "rules.stray-leter: there is no rule 'stray-leter'; is it 'stray-letter'?",
    ],
    [{ rules: { toString: "off" } }, "rules.toString: there is no rule 'toString'"],
    [
      { rules: { "stray-letter": "loud" } },
      'rules.stray-letter: expected "off", "warn" or "error"',
    ],
    [{ rules: [] }, "rules: expected an object"],
    [{ set: "all" }, 'set: expected "recommended" or "strict"'],
    [{ extends: "x" }, "extends: not known; expected one of set, rules, paths"],
    [{ paths: {} }, "paths: expected an array"],
    [{ paths: [{ files: "hw/**", rules: {} }] }, "paths[0].files: expected an array"],
    [{ paths: [{ files: [1], rules: {} }] }, "paths[0].files[0]: expected a string"],
    [
      { paths: [{ files: ["a"], rule: {} }] },
      "paths[0].rule: not known; expected one of files, rules",
    ],
    [{ paths: [{ files: ["a"] }] }, "paths[0].rules: expected an object"],
    [[], "the file: expected an object"],
  ])("%j", (value, told) => {
    expect(mistake(value)).toBe(told);
  });

  test("no JSON is one line", () => {
    expect(mistake('{ "rules": \n {')).toMatch(/^not JSON: [^\n]+$/);
  });
});
