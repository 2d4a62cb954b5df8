import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../src/bytes/utf8.js";
import { EventTable } from "../../../src/model/event-table.js";
import { EventBindings } from "../../../src/traces/simpletrace/event-bindings.js";
import { modelsOf } from "../../runtime/trace-events-of.js";

const events = new EventTable(modelsOf("ping(void)\npage(char *id)\nword(int n)\n"));

function bind(bindings: EventBindings, high: number, low: number, name: string): void {
  const bytes = encodeUtf8(`..${name}..`);
  bindings.bind(high, low, bytes, 2, bytes.length - 4);
}

test.each([
  [0, 0],
  [0, 65535],
  [0, 65536],
  [1, 0],
  [0xffff_ffff, 0xffff_fffd],
])("an id of the halves %i and %i has the name that is bound last", (high, low) => {
  const bindings = new EventBindings(events);
  expect(bindings.get(high, low)).toBeUndefined();
  bind(bindings, high, low, "ping");
  expect(bindings.get(high, low)).toMatchObject({ name: "ping", event: events.get("ping") });
  expect(bindings.get(high, low)).toBe(bindings.get(high, low));
  expect(bindings.get(high ^ 1, low)).toBeUndefined();
  expect(bindings.get(high, low ^ 1)).toBeUndefined();
  bind(bindings, high, low, "other");
  expect(bindings.get(high, low)).toMatchObject({ name: "other", event: undefined });
});

test("what is declared of a name is looked at when it is resolved", () => {
  const bindings = new EventBindings(events);
  for (const [id, name] of ["word", "page", "other", "word", "ping"].entries())
    bind(bindings, 0, id, name);
  const resolved = [0, 1, 2, 3, 4].map((id) => {
    const binding = bindings.get(0, id)!;
    if (id !== 3)
      expect([binding.key, binding.recordLength, binding.layout]).toEqual([-1, -2, undefined]);
    expect(bindings.lengths[id]).toBe(0);
    bindings.resolve(binding, 0, id);
    expect(bindings.lengths[id]).toBe(binding.recordLength);
    return [binding.name, binding.key, binding.recordLength];
  });
  // A head has 24 bytes, a word 8.
  expect(resolved).toEqual([
    ["word", 0, 32],
    ["page", 1, -1],
    ["other", 2, -2],
    ["word", 0, 32],
    ["ping", 3, 24],
  ]);
});

test("lengths and counts grow with the ids, to a power of two", () => {
  const bindings = new EventBindings(events);
  const resolve = (low: number, high = 0) => {
    bind(bindings, high, low, "ping");
    bindings.resolve(bindings.get(high, low)!, high, low);
    return [bindings.lengths.length, bindings.counts.length];
  };
  expect(resolve(1023)).toEqual([1024, 1024]);
  bindings.counts[1023] = 5;
  expect(resolve(5000, 1)).toEqual([1024, 1024]);
  expect(resolve(1024)).toEqual([2048, 2048]);
  expect([bindings.lengths[1023], bindings.counts[1023]]).toEqual([24, 5]);
  expect(resolve(2048)).toEqual([4096, 4096]);
  expect(resolve(65535)).toEqual([65536, 65536]);
  expect(resolve(65536)).toEqual([65536, 65536]);
  expect(bindings.counted()).toEqual(new Map([["ping", 5]]));
});

test("counts are kept by the name that an id had when they were counted", () => {
  const bindings = new EventBindings(events);
  const count = (id: number, name: string, more: number) => {
    bind(bindings, 0, id, name);
    bindings.resolve(bindings.get(0, id)!, 0, id);
    expect([bindings.counts[id]]).toEqual([0]);
    bindings.counts[id] = more;
  };
  expect(bindings.counted()).toEqual(new Map());
  count(1, "ping", 3);
  count(2, "word", 0);
  count(1, "page", 4);
  expect(bindings.lengths[1]).toBe(-1);
  count(3, "ping", 10);
  expect(bindings.counted()).toEqual(
    new Map([
      ["ping", 13],
      ["page", 4],
    ]),
  );
  bind(bindings, 0, 1, "word");
  expect([bindings.lengths[1], bindings.small[1]]).toEqual([0, undefined]);
  expect(bindings.counted()).toEqual(
    new Map([
      ["ping", 13],
      ["page", 4],
    ]),
  );
  // An id that has not been resolved yet may be bound again.
  bind(bindings, 0, 5000, "ping");
  bindings.get(0, 5000);
  bind(bindings, 0, 5000, "word");
  expect(bindings.get(0, 5000)?.name).toBe("word");
});

test("positions are ids where a trace names no events, those of one name too", () => {
  const twice = modelsOf("a(int x)\nb(void)\na(char *x)\n");
  const bindings = new EventBindings(new EventTable(twice));
  bindings.bindPositions();
  expect([0, 1, 2, 3].map((id) => bindings.get(0, id)?.event)).toEqual([...twice, undefined]);
  expect(bindings.byName("a").event).toBe(twice[0]);
  const keys = [0, 1, 2].map((id) => {
    const binding = bindings.get(0, id)!;
    bindings.resolve(binding, 0, id);
    return [binding.key, binding.recordLength];
  });
  expect(keys).toEqual([
    [0, 32],
    [1, 24],
    [0, -1],
  ]);
});

test("a record with strings fits from 24 to 65536 bytes", () => {
  const bindings = new EventBindings(events);
  const fits = (name: string, string: number, length: number) => {
    const binding = bindings.byName(name);
    bindings.resolve(binding, 1, 0);
    const view = new DataView(new ArrayBuffer(70_000));
    view.setUint32(1 + 24, string, true);
    return binding.fits(view, 1, length, true);
  };
  expect([fits("page", 0, 28), fits("page", 0, 29), fits("page", 0, 27)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([fits("page", 65536 - 28, 65536), fits("page", 65537 - 28, 65537)]).toEqual([true, false]);
  expect([fits("word", 0, 32), fits("ping", 0, 24), fits("other", 0, 28)]).toEqual([
    false,
    false,
    false,
  ]);
  expect(fits("page", 0, 23)).toBe(false);
});
