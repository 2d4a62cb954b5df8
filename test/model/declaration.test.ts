import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import { skimDeclarations } from "../../src/model/declaration.js";
import type { EventModel } from "../../src/model/event-model.js";
import { EventTable } from "../../src/model/event-table.js";
import { corpusFiles, corpusVersions } from "../support/corpus.js";
import { mutate, seeds } from "../support/mutate.js";
import { pick, seededRandom } from "../support/random.js";
import { describeWith } from "../support/tools.js";

const FUZZED = Number(process.env.QTRACE_FUZZ ?? 2_000);

const parsed = (text: string) => buildModel(parse(text, "f"), { group: "g" });
const skimmed = (text: string) => skimDeclarations(text, { group: "g", file: "f" });

/** All that an event says; spans are within its line, or within the text. */
const told = (event: EventModel) => {
  const { group, name, disabled, properties, place, declaration, format } = event;
  const all = [group, name, disabled, properties, place, declaration, format, event.arguments];
  return JSON.stringify(all, (key, value) => (key === "span" ? undefined : value));
};

describe("declarations that are parsed when they are asked for", () => {
  test("are what the parser makes of the whole text", () => {
    const text = '# a comment\n\ndisable a(int x) "%d"\n  tcg b_1 (void)\n';
    const table = new EventTable(skimmed(text)!);
    expect([...table.names]).toEqual(["a", "b_1"]);
    expect(table.events.map(told)).toEqual(parsed(text).map(told));
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
      expect([text, events.map(told)]).toEqual([text, parsed(text).map(told)]);
    }
  });
});

describeWith(["shared"], "declarations of the corpus", () => {
  test.each(corpusVersions)("%s: each is found by its look alone, and is the same", (version) => {
    for (const { text } of corpusFiles(version)) {
      const events = new EventTable(skimmed(text)!).events;
      expect(events.map(told)).toEqual(parsed(text).map(told));
    }
  });
});
