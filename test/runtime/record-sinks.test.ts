/** The sinks that give records to the program itself: memory, callback, channel. */

import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, test } from "vitest";
import { CallbackSink } from "../../src/runtime/callback-sink.js";
import { ChannelSink, channelName } from "../../src/runtime/channel-sink.js";
import { MemorySink } from "../../src/runtime/memory-sink.js";
import type { TypedRecord } from "../../src/runtime/typed-record.js";
import { modelsOf, traceEventsOf } from "./trace-events-of.js";

const [ping, page] = traceEventsOf(
  modelsOf("ping(void)\nram_page(const char *id, uint64_t at, uint8_t n, bool last)\n"),
);
const [other] = traceEventsOf(modelsOf("ping(void)\n", "other"));
const clock = () => 7n;

const record = {
  group: "test",
  event: "ram_page",
  timestamp: 7n,
  arguments: { id: "pc.ram", at: 4096n, n: 44, last: true },
};

describe("a memory sink", () => {
  test("keeps records with their arguments as C has them", () => {
    const sink = new MemorySink({ clock });
    sink.write(page!, ["pc.ram", 4096, 300, true]);
    expect(sink.records).toEqual([record]);
  });

  test("of a group keeps that group's alone", () => {
    const sink = new MemorySink({ clock, group: { name: "other", events: [other!] } });
    sink.write(ping!, []);
    sink.write(other!, []);
    expect(sink.records.map(({ group }) => group)).toEqual(["other"]);
  });
});

describe("a memory sink with a limit", () => {
  const times = (limit: number, count: number) => {
    let time = 0n;
    const sink = new MemorySink({ limit, clock: () => ++time });
    for (let index = 0; index < count; index++) sink.write(ping!, []);
    return { sink, times: sink.records.map(({ timestamp }) => Number(timestamp)) };
  };

  test.each([
    [3, 2, [1, 2]],
    [3, 3, [1, 2, 3]],
    [3, 4, [2, 3, 4]],
    [3, 100, [98, 99, 100]],
    [1, 7, [7]],
  ])("of %i keeps the latest of %i", (limit, count, kept) => {
    expect(times(limit, count).times).toEqual(kept);
  });

  test("goes on behind a look at it, and behind clear", () => {
    const { sink } = times(2, 5);
    sink.write(ping!, []);
    expect(sink.records.map(({ timestamp }) => timestamp)).toEqual([5n, 6n]);
    sink.clear();
    expect(sink.records).toEqual([]);
  });

  test("below 1 is refused", () => {
    expect(() => new MemorySink({ limit: 0 })).toThrow(RangeError);
    expect(() => new MemorySink({ limit: Number.NaN })).toThrow(RangeError);
  });
});

test("an argument may be called as what objects inherit", () => {
  const [odd] = traceEventsOf(modelsOf("odd(int __proto__, int constructor, int new)\n"));
  const sink = new MemorySink();
  sink.write(odd!, [1, 2, 3]);
  const [{ arguments: named }] = sink.records as [TypedRecord];
  expect(Object.entries(named)).toEqual([
    ["__proto__", 1],
    ["constructor", 2],
    ["new", 3],
  ]);
});

describe("a callback sink", () => {
  test("calls back with each record", () => {
    const seen: TypedRecord[] = [];
    new CallbackSink({ clock, callback: (one) => seen.push(one) }).write(page!, [
      "pc.ram",
      4096n,
      44,
      true,
    ]);
    expect(seen).toEqual([record]);
  });

  test("does not hear what its callback traces", () => {
    let calls = 0;
    const sink: CallbackSink = new CallbackSink({
      callback: () => {
        calls++;
        sink.write(ping!, []);
      },
    });
    sink.write(ping!, []);
    sink.write(ping!, []);
    expect(calls).toBe(2);
  });

  test("hears again behind a callback that threw", () => {
    let calls = 0;
    const sink = new CallbackSink({
      callback: () => {
        calls++;
        throw new Error("no");
      },
    });
    expect(() => sink.write(ping!, [])).toThrow("no");
    expect(() => sink.write(ping!, [])).toThrow("no");
    expect(calls).toBe(2);
  });

  test("whose callback is async and fails, fails with the next record, or when flushed", async () => {
    const options = { callback: () => Promise.reject(new Error("no")) as unknown as undefined };
    const [written, flushed] = [new CallbackSink(options), new CallbackSink(options)];
    for (const sink of [written, flushed]) sink.write(ping!, []);
    await new Promise(setImmediate);
    expect(() => written.write(ping!, [])).toThrow("no");
    expect(() => flushed.flush()).toThrow("no");
  });

  test("of a group hears that group alone", () => {
    const seen: TypedRecord[] = [];
    const group = { name: "other", events: [other!] };
    const sink = new CallbackSink({ group, callback: (one) => seen.push(one) });
    sink.write(ping!, []);
    sink.write(other!, []);
    expect(seen.map((one) => one.group)).toEqual(["other"]);
  });
});

describe("a channel sink", () => {
  test("publishes an event's records on its own channel, while somebody listens", () => {
    const seen: unknown[] = [];
    const listen = (message: unknown) => void seen.push(message);
    const sink = new ChannelSink({ channel, clock });
    const values = ["pc.ram", 4096n, 44, true];
    expect(channelName(page!)).toBe("qtrace:test:ram_page");
    sink.write(page!, values);
    subscribe("qtrace:test:ram_page", listen);
    sink.write(page!, values);
    sink.write(ping!, []);
    unsubscribe("qtrace:test:ram_page", listen);
    sink.write(page!, values);
    expect(seen).toEqual([record]);
  });
});
