import { afterEach, expect, test } from "vitest";
import {
  addSink,
  type Clock,
  defineEvent,
  disableAllEvents,
  enableEvents,
  LogSink,
  MemorySink,
  RecordHold,
  SimpleSink,
  type Sink,
} from "../../src/runtime/index.js";

const event = defineEvent({ group: "hold", name: "held_event", arguments: [], format: [] });
const trace = () => {
  if (event.enabled) event.emit();
};
const clock: Clock = () => BigInt(Math.round(performance.now() * 1e6));

let remove = () => {};
afterEach(() => {
  remove();
  disableAllEvents();
});

function enable(sink: Sink): void {
  remove = addSink(sink);
  enableEvents("held_event");
}

function wait(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

test("what is held comes when it is released, with the time at which it was traced", () => {
  const sink = new MemorySink({ clock });
  enable(sink);
  const hold = new RecordHold();
  const before = clock();
  hold.during(trace);
  const after = clock();
  wait(20);
  expect(sink.records).toHaveLength(0);
  hold.release();
  expect(sink.records).toHaveLength(1);
  const { timestamp } = sink.records[0]!;
  // A clock is read twice, with a rounding between.
  expect(timestamp).toBeGreaterThanOrEqual(before - 1000n);
  expect(timestamp).toBeLessThan(after + 10_000_000n);
});

test("what is dropped never comes, and tracing goes on", () => {
  const sink = new MemorySink({ clock });
  enable(sink);
  const hold = new RecordHold();
  hold.during(trace);
  hold.drop();
  hold.release();
  trace();
  expect(sink.records).toHaveLength(1);
});

test("what throws is let through, and tracing goes on", () => {
  const sink = new MemorySink({ clock });
  enable(sink);
  const hold = new RecordHold();
  const fail = () => {
    trace();
    throw new Error("broken");
  };
  expect(() => hold.during(fail)).toThrow("broken");
  trace();
  expect(sink.records).toHaveLength(1);
});

test("without a sink nothing is held", () => {
  enableEvents("held_event");
  new RecordHold().during(() => expect(event.enabled).toBe(false));
});

test("every sink takes a record of before", () => {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  enable(new LogSink({ write, bufferSize: 0, clock: () => 5_000_000_000n }));
  event.emitLate(1_000_000_000, []);
  expect(text).toMatch(/^1970-01-01T00:00:04Z held_event/);
});

test.each([
  ["a clock", () => 0x1_0000_0005n],
  ["a split clock", { origin: 0x1_0000_0000n, elapsed: () => 5 }],
])("simpletrace has the time of before, by %s", (_, told) => {
  const chunks: Uint8Array[] = [];
  enable(new SimpleSink({ write: (bytes) => void chunks.push(bytes.slice()), clock: told }));
  event.emitLate(16, []);
  remove();
  const bytes = Buffer.concat(chunks);
  expect(bytes.readBigUInt64LE(bytes.length - 16)).toBe(0xffff_fff5n);
});
