import { afterEach, describe, expect, test, vi } from "vitest";
import {
  TRACE_SAVEVM_COMMAND_SEND,
  TRACE_SAVEVM_SECTION_START,
  TRACE_VMSTATE_SAVE,
  trace_savevm_command_send,
  trace_savevm_section_start,
  trace_vmstate_save,
} from "../../generated/migration.js";
import { addSink, disableAllEvents, enableEvents, MemorySink } from "../../src/runtime/index.js";

let remove = () => {};
afterEach(() => {
  remove();
  disableAllEvents();
});

function memory(): MemorySink {
  const sink = new MemorySink();
  remove = addSink(sink);
  return sink;
}

describe("enableEvents", () => {
  test("without a sink nothing is on, and nothing is lost by calling", () => {
    enableEvents("*");
    expect(TRACE_SAVEVM_COMMAND_SEND.enabled).toBe(false);
    trace_savevm_command_send(1, 0);
  });

  test("takes patterns as QEMU does", () => {
    memory();
    enableEvents("savevm_*");
    expect([TRACE_SAVEVM_SECTION_START.enabled, TRACE_VMSTATE_SAVE.enabled]).toEqual([true, false]);
  });

  test("a later pattern overrides an earlier one", () => {
    const sink = memory();
    enableEvents("savevm_*", "-savevm_command_*");
    trace_savevm_command_send(1, 0);
    trace_savevm_section_start("ram", 1);
    expect(sink.records.map(({ event }) => event)).toEqual(["savevm_section_start"]);
  });

  test("a pattern without a star is one event", () => {
    memory();
    enableEvents("savevm");
    expect(TRACE_SAVEVM_SECTION_START.enabled).toBe(false);
  });

  test("events go off again", () => {
    const sink = memory();
    enableEvents("*");
    disableAllEvents();
    trace_vmstate_save("cpu", "cpu");
    expect(sink.records).toEqual([]);
  });
});

describe("a sink that throws", () => {
  test("is cut off, reported once, and the others go on", () => {
    const report = vi.spyOn(console, "error").mockImplementation(() => {});
    addSink({
      write() {
        throw new Error("disk full");
      },
    });
    const sink = memory();
    enableEvents("vmstate_save");
    trace_vmstate_save("cpu", "cpu");
    trace_vmstate_save("serial", "serial");
    expect(sink.records).toHaveLength(2);
    expect(report).toHaveBeenCalledTimes(1);
    report.mockRestore();
  });
});
