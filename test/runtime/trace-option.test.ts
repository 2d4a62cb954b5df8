import { afterEach, describe, expect, test } from "vitest";
import { MemorySink } from "../../src/runtime/memory-sink.js";
import { addSink, defineEvent, disableAllEvents } from "../../src/runtime/registry.js";
import { enableByOption, listEvents, parseTraceOption } from "../../src/runtime/trace-option.js";

const [start, end] = ["savevm_start", "savevm_end"].map((name) =>
  defineEvent({ group: "test", name, arguments: [], format: [] }),
);
addSink(new MemorySink());
afterEach(disableAllEvents);

describe("QEMU's option -trace", () => {
  test.each([
    ["savevm_*", { enable: "savevm_*" }],
    ["enable=savevm_*", { enable: "savevm_*" }],
    ["events=/tmp/events", { events: "/tmp/events" }],
    ["savevm_*,file=out", { enable: "savevm_*", file: "out" }],
    ["enable=a,events=b,file=c", { enable: "a", events: "b", file: "c" }],
    ["enable=a,enable=b", { enable: "b" }],
    ["file=a,,b", { file: "a,b" }],
    ["help", { enable: "help", help: true }],
    ["", {}],
  ])("'%s'", (text, option) => {
    expect(parseTraceOption(text)).toEqual({ help: false, problems: [], ...option });
  });

  test("what it does not know is told", () => {
    expect(parseTraceOption("a,color=red,b").problems).toEqual([
      "there is no 'color' to set",
      "'b' has no value",
    ]);
  });
});

describe("turning events on by it", () => {
  const enable = (text: string) => enableByOption(parseTraceOption(text), () => "savevm_end\n");

  test("the pattern, and the file's behind it", () => {
    expect(enable("-savevm_end,events=list")).toEqual([]);
    expect([start!.enabled, end!.enabled]).toEqual([false, true]);
  });

  test("a name that does not exist is told, a pattern that matches nothing is not", () => {
    expect(enable("no_such")).toEqual(["trace event 'no_such' does not exist"]);
    expect(enable("no_su?h")).toEqual(["trace event 'no_su?h' does not exist"]);
    expect(enable("no_*")).toEqual([]);
    expect(enable("savevm_sta?t")).toEqual([]);
  });

  test("help turns nothing on", () => {
    expect(enable("help")).toEqual([]);
    expect(start!.enabled).toBe(false);
  });
});

test("all events by name", () => {
  expect(listEvents()).toBe("savevm_end\nsavevm_start\n");
});
