import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LogSink } from "../../src/runtime/log-sink.js";
import { MemorySink } from "../../src/runtime/memory-sink.js";
import {
  addSink,
  definedEvents,
  defineEvent,
  disableAllEvents,
  enableEvents,
  flushSinks,
  isEnabled,
} from "../../src/runtime/registry.js";
import type { Sink, TraceEvent } from "../../src/runtime/trace-event.js";

let unique = 0;

/** An event of a name that no other test has; the registry is the program's, and forgets nothing. */
function define(name: string, ...parameters: string[]): TraceEvent {
  const args = parameters.map((parameter) => [parameter, "i32"] as const);
  return defineEvent({ group: "test", name, arguments: args, format: [] });
}

const fresh = (name = "event") => `${name}_${unique++}`;

const sinks: (() => void)[] = [];
function use<S extends Sink>(sink: S): S {
  sinks.push(addSink(sink));
  return sink;
}

/** What generated code does. */
function trace(event: TraceEvent, ...values: number[]): void {
  if (event.enabled) event.emit(...values);
}

const complaint = vi.spyOn(console, "error").mockImplementation(() => {});
beforeEach(() => complaint.mockClear());
afterEach(() => {
  for (const remove of sinks.splice(0)) remove();
  disableAllEvents();
});

describe("an event", () => {
  test("is off until a pattern turns it on and a sink is there", () => {
    const event = define(fresh());
    expect(event.enabled).toBe(false);
    enableEvents(event.name);
    expect(event.enabled).toBe(false);
    use(new MemorySink());
    expect([event.enabled, isEnabled(event.name)]).toEqual([true, true]);
  });

  test("is off when its last sink is gone", () => {
    const event = define(fresh());
    enableEvents("*");
    const remove = addSink(new MemorySink());
    remove();
    expect(event.enabled).toBe(false);
  });

  test("that is off reaches no sink", () => {
    const sink = use(new MemorySink());
    trace(define(fresh()));
    expect(sink.records).toEqual([]);
  });

  test("obeys patterns that were set before it was defined", () => {
    use(new MemorySink());
    enableEvents("late_*", "-late_off*");
    expect(define(fresh("late_on")).enabled).toBe(true);
    expect(define(fresh("late_off")).enabled).toBe(false);
  });

  test("obeys the last pattern that matches", () => {
    use(new MemorySink());
    const [one, two] = [define("savevm_start"), define("savevm_end")];
    enableEvents("savevm_*", "-savevm_end");
    expect([one.enabled, two.enabled]).toEqual([true, false]);
    enableEvents("savevm_end");
    expect(two.enabled).toBe(true);
    enableEvents("-*");
    expect([one.enabled, two.enabled]).toEqual([false, false]);
    enableEvents("savevm_*");
    expect([one.enabled, two.enabled]).toEqual([true, true]);
  });

  test("is known by its name in whatever group it is on", () => {
    const name = fresh();
    const other = defineEvent({ group: "other", name, arguments: [], format: [] });
    define(name);
    expect([isEnabled(name), isEnabled("toString")]).toEqual([false, false]);
    use(new MemorySink());
    enableEvents(name);
    expect([other.enabled, isEnabled(name)]).toEqual([true, true]);
  });

  test("has an id of its own, in the order of definition", () => {
    const [one, two] = [define(fresh()), define(fresh())];
    expect(two.id).toBe(one.id + 1);
    expect(definedEvents()[one.id]).toBe(one);
  });
});

describe("a sink", () => {
  test("takes the records of all events that are on", () => {
    const sink = use(new MemorySink({ clock: () => 7n }));
    const event = define(fresh(), "a", "b");
    enableEvents("*");
    trace(event, 1, -2);
    expect(sink.records).toEqual([
      { group: "test", event: event.name, timestamp: 7n, arguments: { a: 1, b: -2 } },
    ]);
  });

  test("is told of every event, those defined before it and those after", () => {
    const before = define(fresh());
    const told: string[] = [];
    use({ write: () => {}, define: ({ name }) => told.push(name) });
    const after = define(fresh());
    expect(told).toEqual(definedEvents().map(({ name }) => name));
    expect(told.slice(-2)).toEqual([before.name, after.name]);
  });

  test("that is added twice takes records once", () => {
    const event = define(fresh());
    enableEvents("*");
    const sink = use(use(new MemorySink()));
    trace(event);
    expect(sink.records).toHaveLength(1);
  });

  test("is flushed when it is taken out, and takes no more", () => {
    const calls: string[] = [];
    const remove = addSink({ write: () => calls.push("write"), flush: () => calls.push("flush") });
    use(new MemorySink());
    const event = define(fresh());
    enableEvents("*");
    trace(event);
    remove();
    trace(event);
    expect(calls).toEqual(["write", "flush"]);
  });

  test("is flushed with all others at the program's end", () => {
    const flush = vi.fn();
    use({ write: () => {}, flush });
    flushSinks();
    expect(flush).toHaveBeenCalledOnce();
  });
});

describe("a sink that throws", () => {
  const broken = (method: "write" | "define" | "flush"): Sink => ({
    write: () => {},
    [method]: () => {
      throw new Error("disk full");
    },
  });

  test("is cut off and reported once, and the others go on", () => {
    const [before, after] = [new MemorySink(), new MemorySink()];
    const event = define(fresh());
    enableEvents("*");
    use(before);
    use(broken("write"));
    use(after);
    for (let count = 0; count < 3; count++) trace(event);
    expect([before.records.length, after.records.length]).toEqual([3, 3]);
    expect(complaint.mock.calls).toEqual([
      ["qtrace: a trace sink failed and is cut off: Error: disk full"],
    ]);
  });

  test("may throw what cannot be printed", () => {
    const event = define(fresh());
    enableEvents("*");
    use({
      write: () => {
        throw Object.create(null);
      },
    });
    trace(event);
    expect(complaint.mock.calls).toEqual([
      ["qtrace: a trace sink failed and is cut off: it threw something unprintable"],
    ]);
  });

  test("that traces in its writer without end is cut off", () => {
    const event = define(fresh());
    enableEvents("*");
    use(new LogSink({ write: () => trace(event), bufferSize: 0 }));
    trace(event);
    expect(event.enabled).toBe(false);
    expect(complaint).toHaveBeenCalledOnce();
  });

  test("behind the program's back is known when it is flushed", async () => {
    const event = define(fresh());
    enableEvents("*");
    use(new LogSink({ write: () => Promise.reject(new Error("disk full")), bufferSize: 0 }));
    trace(event);
    await new Promise(setImmediate);
    expect(complaint).not.toHaveBeenCalled();
    flushSinks();
    expect(complaint).toHaveBeenCalledOnce();
  });

  test("leaves the event off if it was the only one", () => {
    const event = define(fresh());
    enableEvents("*");
    use(broken("write"));
    trace(event);
    expect(event.enabled).toBe(false);
  });

  test("does not keep an event from being defined", () => {
    const sink = broken("write");
    use({
      ...sink,
      define: ({ name }) => {
        if (name.startsWith("bad_")) throw new Error("disk full");
      },
    });
    const name = fresh("bad_");
    expect(define(name).name).toBe(name);
    expect(complaint).toHaveBeenCalledOnce();
  });

  test("may throw when it is added, and when it is taken out, and nobody else notices", () => {
    define(fresh());
    expect(() => use(broken("define"))).not.toThrow();
    const remove = addSink(broken("flush"));
    expect(() => remove()).not.toThrow();
    expect(complaint).toHaveBeenCalledTimes(2);
  });

  test("is not reported again by a flush", () => {
    const event = define(fresh());
    enableEvents("*");
    const remove = addSink({ ...broken("write"), ...{ flush: () => expect.fail("flushed") } });
    trace(event);
    flushSinks();
    expect(complaint).toHaveBeenCalledOnce();
    expect(() => remove()).not.toThrow();
    expect(complaint).toHaveBeenCalledOnce();
  });
});
