import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { migrationGroup, trace_savevm_section_end } from "../../generated/migration.js";
import { type RootRecord, rootGroup, trace_runstate_set } from "../../generated/root.js";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import {
  addSink,
  disableAllEvents,
  enableEvents,
  flushSinks,
  SimpleSink,
} from "../../src/runtime/index.js";
import { TraceDamage } from "../../src/traces/damage.js";
import { readRecords } from "../../src/traces/read-records.js";

let chunks: Uint8Array[];
let remove: () => void;

beforeEach(() => {
  chunks = [];
  const sink = new SimpleSink({ write: (bytes) => chunks.push(bytes), clock: () => 7n, pid: 11 });
  remove = addSink(sink);
  enableEvents("*");
});

afterEach(() => {
  remove();
  disableAllEvents();
});

/** The trace so far. */
function written(): Uint8Array[] {
  flushSinks();
  return chunks;
}

async function all<T>(records: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const record of records) found.push(record);
  return found;
}

describe("readRecords", () => {
  test("gives the records of a generated group, typed by its union", async () => {
    trace_runstate_set(6, "prelaunch", 9, "running");
    for await (const record of readRecords(written(), rootGroup)) {
      switch (record.event) {
        case "runstate_set":
          expectTypeOf(record.arguments.new_state).toEqualTypeOf<number>();
          expect(record).toEqual({
            group: "root",
            event: "runstate_set",
            timestamp: 7n,
            pid: 11,
            arguments: {
              current_state: 6,
              current_state_str: "prelaunch",
              new_state: 9,
              new_state_str: "running",
            },
          });
      }
    }
    expectTypeOf<RootRecord["event"]>().toEqualTypeOf<"runstate_set" | "vm_state_notify">();
    expect.assertions(1);
  });

  test("passes over the records of other groups, which are no damage", async () => {
    trace_runstate_set(6, "prelaunch", 9, "running");
    trace_savevm_section_end("ram", 2, 0);
    const damage = new TraceDamage();
    const records = await all(readRecords(written(), migrationGroup, damage));
    expect(records.map(({ event }) => event)).toEqual(["savevm_section_end"]);
    expect(damage.counts.size).toBe(0);
  });

  test("takes any declarations in place of a group", async () => {
    trace_savevm_section_end("ram", 2, -5);
    const text = "savevm_section_end(const char *id, unsigned int section_id, int ret)\n";
    const events = buildModel(parse(text, "trace-events"), { group: "mine" });
    expect(await all(readRecords(written(), events))).toMatchObject([
      { group: "mine", arguments: { id: "ram", section_id: 2, ret: -5 } },
    ]);
  });

  test("takes note of a record that is not as the group declares it", async () => {
    trace_savevm_section_end("ram", 2, 0);
    const events = buildModel(parse("savevm_section_end(int ret)\n", "e"), { group: "old" });
    const damage = new TraceDamage();
    expect(await all(readRecords(written(), events, damage))).toEqual([]);
    expect(damage.counts.size).toBe(1);
  });

  test("refuses a group for a trace whose ids are positions in all declarations", async () => {
    const header = new Uint8Array(24 + 24);
    const view = new DataView(header.buffer);
    view.setBigUint64(0, 0xffff_ffff_ffff_ffffn, true);
    view.setBigUint64(8, 0xf2b1_77cb_0aa4_29b4n, true);
    view.setBigUint64(16, 3n, true);
    view.setUint32(40, 24, true);
    await expect(all(readRecords(header, rootGroup))).rejects.toThrow(
      "a simpletrace-3 trace names no events",
    );
  });
});
