import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import { EventTable, wireShape } from "../../src/model/event-table.js";

const table = (text: string) => new EventTable(buildModel(parse(text), { group: "all" }));

describe("a table of events", () => {
  test("finds an event by its name", () => {
    expect(table("a(void)\nb(int x)\n").get("b")?.arguments).toHaveLength(1);
    expect(table("a(void)\n").get("c")).toBeUndefined();
    expect(table("a(void)\n").get("constructor")).toBeUndefined();
  });

  test("holds all events in their order, also those of one name", () => {
    expect(table("a(void)\nb(void)\na(void)\n").events.map(({ name }) => name)).toEqual([..."aba"]);
  });

  test("gives the first of a name", () => {
    expect(table('a(void) "first"\na(void) "second"\n').get("a")?.place.line).toBe(1);
  });

  test("tells a name of two shapes from one that is declared twice alike", () => {
    const both = table("a(int x)\na(uint64_t y)\nb(int x)\nb(const char *x)\n");
    expect(both.isAmbiguous("a")).toBe(false);
    expect(both.isAmbiguous("b")).toBe(true);
    expect(both.isAmbiguous("c")).toBe(false);
  });
});

test("a shape is what a trace holds of the arguments", () => {
  const [event] = buildModel(parse("a(int x, const char *y, void *z)\n"), { group: "" });
  expect(wireShape(event!)).toBe("u64 string u64");
});
