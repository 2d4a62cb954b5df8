/** Patterns of names and paths, beside a naive matcher that tries every choice. */

import { describe, expect, test } from "vitest";
import { matchName, matchPath, matchSequence } from "../src/glob.js";
import { defaultConfig, levelsAt, parseConfig } from "../src/lint/config.js";
import { parsePattern } from "../src/runtime/pattern.js";
import { pick, seededRandom } from "./support/random.js";

/** What nobody could wait for where a choice of the first star is taken back: 2^30 ways and more. */
const endless = `${"a*".repeat(30)}b`;
const letters = "a".repeat(500);

/** Every choice of every star, which takes as long as it takes. */
function naively(pattern: readonly string[], text: readonly string[], at = 0, next = 0): boolean {
  const part = pattern[at];
  if (part === undefined) return next === text.length;
  if (part === "*") {
    for (let end = next; end <= text.length; end++)
      if (naively(pattern, text, at + 1, end)) return true;
    return false;
  }
  if (next === text.length || (part !== "?" && part !== text[next])) return false;
  return naively(pattern, text, at + 1, next + 1);
}

/** The same of folders: `**` takes any of them, at the end at least one. */
function naivePath(pattern: readonly string[], path: readonly string[]): boolean {
  const [part, ...rest] = pattern;
  if (part === undefined) return path.length === 0;
  if (part === "**") {
    if (rest.length === 0) return path.length > 0;
    return path.some((_, index) => naivePath(rest, path.slice(index)));
  }
  return path.length > 0 && naively([...part], [...path[0]!]) && naivePath(rest, path.slice(1));
}

describe("a pattern of names", () => {
  const random = seededRandom(3);
  const text = (letters: string, most: number) =>
    Array.from({ length: random(most + 1) }, () => pick(random, [...letters])).join("");

  test("matches what the naive matcher matches", () => {
    let matched = 0;
    for (let run = 0; run < 20_000; run++) {
      const [pattern, name] = [text("ab**?", 8), text("ab", 10)];
      const expected = naively([...pattern], [...name]);
      if (expected) matched++;
      expect(matchName(pattern, name), `'${pattern}' and '${name}'`).toBe(expected);
    }
    expect(matched).toBeGreaterThan(2000);
  });

  test("takes a character of two code units for one, and nothing else for more than itself", () => {
    expect(matchName("a?b", "a\u{1f600}b")).toBe(true);
    expect(matchName("a?b", "a\nb")).toBe(true);
    expect(matchName("a.[b]\\", "a.[b]\\")).toBe(true);
    expect(matchName("a.c", "abc")).toBe(false);
  });
});

describe("a pattern of paths", () => {
  test.each([
    ["hw/*/trace-events", "hw/net/trace-events", true],
    ["hw/*/trace-events", "hw/net/can/trace-events", false],
    ["**/trace-events", "trace-events", true],
    ["**/trace-events", "hw/net/trace-events", true],
    ["hw/**/trace-events", "hw/trace-events", true],
    ["hw/**/trace-events", "hw/net/can/trace-events", true],
    ["hw/**/trace-events", "xhw/trace-events", false],
    ["hw/", "hw/net/trace-events", true],
    ["hw/", "hw", false],
    ["hw/**", "hw/net/trace-events", true],
    ["hw/**", "hw", false],
    ["**", "hw/net", true],
    ["hw", "hw/net/trace-events", false],
    ["*", "hw/net", false],
    ["a?c.d+", "abc.d+", true],
    ["a?c", "a/c", false],
    ["a.c", "abc", false],
  ])("'%s' and '%s': %s", (pattern, path, matches) => {
    expect(matchPath(pattern, path)).toBe(matches);
  });

  test("matches what the naive matcher matches", () => {
    const random = seededRandom(4);
    const list = (parts: readonly string[], least: number) =>
      Array.from({ length: least + random(5) }, () => pick(random, parts));
    let matched = 0;
    for (let run = 0; run < 20_000; run++) {
      const pattern = list(["a", "b", "*", "a*", "?", "**", "*b"], 1);
      const path = list(["a", "b", "ab", "ba"], 1);
      const expected = naivePath(pattern, path);
      if (expected) matched++;
      const [glob, name] = [pattern.join("/"), path.join("/")];
      expect(matchPath(glob, name), `'${glob}' and '${name}'`).toBe(expected);
    }
    expect(matched).toBeGreaterThan(2000);
  });
});

describe("no pattern takes long", () => {
  test("each character is compared with each of the pattern once at most", () => {
    let comparisons = 0;
    const matches = matchSequence(
      [...endless],
      [...letters],
      (part) => part === "*",
      (part, character) => {
        comparisons++;
        return part === character;
      },
    );
    expect(matches).toBe(false);
    expect(comparisons).toBeLessThanOrEqual(endless.length * letters.length);
  });

  test("neither of events, nor of a configuration's files", () => {
    expect(parsePattern(endless).matches(letters)).toBe(false);
    expect(matchPath(endless, letters)).toBe(false);
    const folders = `${"**/a*a*/".repeat(30)}b`;
    expect(matchPath(folders, "aaaa/".repeat(100))).toBe(false);
    const rules = { "unique-names": "off" };
    const files = [endless, folders];
    const read = parseConfig(JSON.stringify({ paths: [{ files, rules }] }));
    if (!("config" in read)) throw new Error(read.mistake);
    const overrides = { set: undefined, rules: new Map() };
    const path = `${"aaaa/".repeat(100)}${letters}`;
    expect(levelsAt(read.config, overrides, path)).toEqual(
      levelsAt(defaultConfig, overrides, path),
    );
  });
});
