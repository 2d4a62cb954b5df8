/** What every rule tells of itself is true: its examples are its first tests. */

import { describe, expect, test } from "vitest";
import { catalogue } from "../../src/diagnostics/catalogue.js";
import { levelsOf, ruleNamed, rules } from "../../src/lint/registry.js";
import type { Rule } from "../../src/lint/rule.js";
import { fixedBy, lintExample, problemsOf } from "../support/lint-text.js";

const each = rules.map((rule): [string, Rule] => [rule.name, rule]);

describe.each(each)("%s", (name, rule) => {
  test("finds its bad example, once", () => {
    const files = lintExample(rule.bad, "strict");
    expect(problemsOf(files, name)).toHaveLength(1);
  });

  test("finds nothing in its good example", () => {
    const files = lintExample(rule.good, "strict");
    expect(problemsOf(files, name)).toEqual([]);
  });

  test("its examples parse", () => {
    const syntax = [rule.bad, rule.good].flatMap((example) =>
      lintExample(example, new Map()).flatMap(({ problems }) => problems),
    );
    expect(syntax).toEqual([]);
  });

  test("offers a fix just if it says so, and the fix makes the good example", () => {
    const [problem] = problemsOf(lintExample(rule.bad, "strict"), name);
    expect(problem?.fix !== undefined).toBe(rule.fixable);
    if (rule.fixable) expect(fixedBy(name, rule.bad as string)).toBe(rule.good);
  });

  test("is as bad in its sets as the catalogue says", () => {
    const level = catalogue[rule.name].severity === "error" ? "error" : "warn";
    expect(rule.severity.strict).toBe(level);
    expect(["off", level]).toContain(rule.severity.recommended);
  });

  test("tells what, and why", () => {
    expect(rule.summary).toMatch(/^(?:[`A-Z]|printf).*\.$/);
    expect(rule.why).toMatch(/^(?:[`-]|[A-Z]|printf).*[.!]$/s);
  });
});

test("no two rules have one name", () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
});

test("a rule is found by its name, and nothing by another", () => {
  expect(ruleNamed("stray-letter")?.name).toBe("stray-letter");
  expect(ruleNamed("toString")).toBeUndefined();
});

test("strict has all rules, recommended those that find mistakes", () => {
  expect([...levelsOf("strict").values()]).not.toContain("off");
  const left = rules.filter(({ name }) => levelsOf("recommended").get(name) === "off");
  expect(left.map(({ name }) => name)).toEqual([
    "unsigned-as-signed",
    "signed-as-unsigned",
    "signed-as-hex",
    "hex-group-prefix",
    "missing-format",
    "leading-blank",
    "trailing-blank",
    "trailing-punctuation",
    "unique-across-files",
  ]);
});
