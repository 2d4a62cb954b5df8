/** What the types of generated code allow, and what not: `tsc` is the judge, each line marked is one. */

import { expect, test } from "vitest";
import {
  type MigrationRecord,
  migrationGroup,
  trace_savevm_section_start,
  trace_vmstate_save_state_loop,
} from "../../generated/migration.js";
import { CallbackSink, MemorySink } from "../../src/runtime/index.js";
import { readRecords } from "../../src/traces/read-records.js";

/** Type checked, never run. */
function calls(): void {
  trace_savevm_section_start("ram", 1);
  trace_savevm_section_start(null, 1);
  // @ts-expect-error: a string is a string or null
  trace_savevm_section_start(undefined, 1);
  // @ts-expect-error: a number of 32 bits is no bigint
  trace_savevm_section_start("ram", 1n);
  // @ts-expect-error: no argument may be left out
  trace_savevm_section_start("ram");
  // @ts-expect-error: none may be added
  trace_savevm_section_start("ram", 1, 2);
  trace_vmstate_save_state_loop("cpu", "eip", 1);
}

function describeRecord(record: MigrationRecord): string {
  switch (record.event) {
    case "savevm_section_start": {
      const { id, section_id } = record.arguments;
      // @ts-expect-error: no such argument in this event
      void record.arguments.idstr;
      return `${id satisfies string | null} ${section_id satisfies number}`;
    }
    case "migration_transferred_bytes":
      return `${record.arguments.qemu_file satisfies bigint}`;
    // @ts-expect-error: no such event in this group
    case "vm_state_notify":
      return "";
    default:
      return record.group satisfies "migration";
  }
}

/** Type checked, never run. */
async function sinksAndReaders(trace: Uint8Array): Promise<void> {
  new CallbackSink({ group: migrationGroup, callback: (record) => describeRecord(record) });
  new CallbackSink({
    // @ts-expect-error: without a group its events are not known
    callback: (record) => record.event === "savevm_section_start" && record.arguments.id.length,
  });
  const memory = new MemorySink({ group: migrationGroup });
  memory.records.map(describeRecord);
  // @ts-expect-error: records are read, not changed
  memory.records.pop();
  for await (const record of readRecords(trace, migrationGroup)) {
    describeRecord(record);
    // @ts-expect-error: as are their arguments
    record.arguments = {};
  }
}

test("a record's event narrows its arguments", () => {
  void [calls, sinksAndReaders];
  const head = { group: "migration", timestamp: 0n } as const;
  const record = { ...head, event: "savevm_section_start" } as const;
  expect(describeRecord({ ...record, arguments: { id: "ram", section_id: 2 } })).toBe("ram 2");
});
