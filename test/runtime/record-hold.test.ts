import { afterEach, beforeEach, expect, test, vi } from "vitest";
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

/** The time, in milliseconds: it goes on where a test waits, and by so much at each reading. */
const time = { now: 0, reading: 0 };
beforeEach(() => {
  Object.assign(time, { now: 1000, reading: 0 });
  vi.spyOn(performance, "now").mockImplementation(() => {
    time.now += time.reading;
    return time.now;
  });
});

let remove = () => {};
afterEach(() => {
  remove();
  disableAllEvents();
  vi.restoreAllMocks();
});

function enable(sink: Sink): void {
  remove = addSink(sink);
  enableEvents("held_event");
}

function wait(milliseconds: number): void {
  time.now += milliseconds;
}

test("what is held comes when it is released, with the time at which it was traced", () => {
  const sink = new MemorySink({ clock });
  enable(sink);
  const hold = new RecordHold();
  const traced = clock();
  hold.during(trace);
  wait(20);
  expect(sink.records).toHaveLength(0);
  hold.release();
  expect(sink.records.map(({ timestamp }) => timestamp)).toEqual([traced]);
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

/** A while ago. */
const before = () => performance.now() - 50;

test("a log has the time of before", () => {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  const clock: Clock = () => 5_000_000_000n + BigInt(Math.round(performance.now() * 1e6));
  enable(new LogSink({ write, bufferSize: 0, timestamps: "thread", clock }));
  const now = clock();
  event.emitLate(before(), []);
  const [, seconds] = /@(\d+\.\d+):/.exec(text)!;
  expect(Number(seconds)).toBeCloseTo(Number(now) / 1e9 - 0.05, 6);
});

test.each([
  ["a clock", clock],
  ["a split clock", { origin: 0n, elapsed: () => performance.now() * 1e6 }],
])("simpletrace has the time of before, by %s", (_, told) => {
  const chunks: Uint8Array[] = [];
  enable(new SimpleSink({ write: (bytes) => void chunks.push(bytes.slice()), clock: told }));
  const at = before();
  event.emitLate(at, []);
  remove();
  const bytes = Buffer.concat(chunks);
  expect(Number(bytes.readBigUInt64LE(bytes.length - 16))).toBe(at * 1e6);
});

test("records that were held never step back, however close they are", () => {
  time.reading = 0.0003;
  const sink = new MemorySink({ clock });
  enable(sink);
  const hold = new RecordHold();
  for (let round = 0; round < 50; round += 1) {
    trace();
    for (let more = 0; more < 20; more += 1) hold.during(trace);
    hold.release();
  }
  const times = sink.records.map(({ timestamp }) => timestamp);
  expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
});

/** The clock, held up at its readings for so many milliseconds each. */
function interrupted(...pauses: number[]): Clock {
  return () => {
    wait(pauses.shift() ?? 0);
    return clock();
  };
}

test("a clock that is held up while it is compared makes no record later than it was", () => {
  const sink = new MemorySink({ clock: interrupted(0, 60) });
  enable(sink);
  const hold = new RecordHold();
  const before = clock();
  hold.during(trace);
  wait(60);
  hold.release();
  expect(sink.records[0]!.timestamp - before).toBeLessThan(30_000_000n);
});

test("a clock that is held up all the time makes no record later than what comes next", () => {
  const sink = new MemorySink({ clock: interrupted(0, 5, 5, 5, 5, 5) });
  enable(sink);
  const hold = new RecordHold();
  for (let round = 0; round < 5; round += 1) {
    hold.during(trace);
    hold.release();
    trace();
  }
  const times = sink.records.map(({ timestamp }) => timestamp);
  expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
});
