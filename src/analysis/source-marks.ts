import type { EventRecord } from "../traces/record.js";
import { type Mark, numberArgument, type OpenMark, textArgument } from "./mark.js";

/** The key of a section at the source, where PART, END and FULL look alike. */
export function sourceSectionKey(sectionId: number, idstr: string): string {
  return `section ${sectionId} ${idstr}`;
}

/** The key of a command at the source. */
export function sourceCommandKey(command: number): string {
  return `command ${command}`;
}

export const SOURCE_CONFIGURATION = "configuration";
/** All START sections at once: QEMU traces one event for them (QEMU migration/savevm.c). */
export const SOURCE_SETUP = "setup";

/** What a source's trace tells of the items that it sent, in order. */
export function sourceMarks(records: readonly EventRecord[]): Mark[] {
  const marks: OpenMark[] = [];
  const open = new Map<string, OpenMark>();
  let setup: OpenMark | undefined;
  const add = (key: string, record: EventRecord, events = record.name): OpenMark => {
    const mark = { key, start: record.timestamp, end: record.timestamp, events };
    marks.push(mark);
    return mark;
  };
  for (const record of records) {
    switch (record.name) {
      case "savevm_state_header":
        add(SOURCE_CONFIGURATION, record);
        break;
      case "savevm_command_send":
        add(sourceCommandKey(numberArgument(record, "command") ?? -1), record);
        break;
      case "savevm_state_setup":
        setup = add(SOURCE_SETUP, record);
        break;
      case "migration_thread_setup_complete":
        if (setup) setup.end = record.timestamp;
        break;
      case "savevm_section_start": {
        const key = keyOf(record);
        open.set(key, add(key, record, "savevm_section_start/_end"));
        break;
      }
      case "savevm_section_end": {
        const mark = open.get(keyOf(record));
        if (mark) mark.end = record.timestamp;
        open.delete(keyOf(record));
        break;
      }
    }
  }
  return marks;
}

function keyOf(record: EventRecord): string {
  return sourceSectionKey(
    numberArgument(record, "section_id") ?? -1,
    textArgument(record, "id") ?? "",
  );
}
