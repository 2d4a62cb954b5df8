import { describe, expect, test } from "vitest";
import { skimDeclarations } from "../../src/model/declaration.js";
import { EventTable } from "../../src/model/event-table.js";
import { mutate, seeds } from "../support/mutate.js";
import { pick, seededRandom } from "../support/random.js";
import { contentsOf, parsed, skimmed } from "./event-contents.js";

const FUZZED = Number(process.env.QTRACE_FUZZ ?? 2_000);

describe("declarations that are parsed when they are asked for", () => {
  test("are what the parser makes of the whole text", () => {
    const text = '# a comment\n\ndisable a(int x) "%d"\n  tcg b_1 (void)\n';
    const table = new EventTable(skimmed(text)!);
    expect([...table.names]).toEqual(["a", "b_1"]);
    expect(table.events.map(contentsOf)).toEqual(parsed(text).map(contentsOf));
    expect(table.get("a")).toBe(table.get("a"));
  });

  test("of one name: the first that can be read", () => {
    const broken: number[] = [];
    const options = { group: "g", file: "f", onBroken: (line: number) => broken.push(line) };
    const table = new EventTable(skimDeclarations('a(int x "%d"\na(int y) "%d"\n', options)!);
    expect(broken).toEqual([]);
    expect(table.get("a")?.place.line).toBe(2);
    expect(table.get("a")?.place.line).toBe(2);
    expect(broken).toEqual([1]);
  });

  test.each(["<html>", "a", "1a(void)", '"%d"', "a(void)\nb\n", "\u00e9(void)"])(
    "not where a line looks like none: %s",
    (text) => {
      expect(skimmed(text)).toBeUndefined();
    },
  );

  test(`are the same of ${FUZZED} mutated texts`, () => {
    const random = seededRandom(11);
    for (let count = 0; count < FUZZED; count += 1) {
      const lines = Array.from({ length: 3 }, () => mutate(random, pick(random, seeds)));
      const text = `${lines.join("\n")}\n`;
      const declarations = skimmed(text);
      if (!declarations) continue;
      const events = new EventTable(declarations).events;
      expect([text, events.map(contentsOf)]).toEqual([text, parsed(text).map(contentsOf)]);
    }
  });
});
