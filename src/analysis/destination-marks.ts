import type { EventRecord } from "../traces/record.js";
import { type Mark, numberArgument, type OpenMark, textArgument } from "./mark.js";

export const DESTINATION_CONFIGURATION = "configuration";
export const DESTINATION_EOF = "eof";

/** The key of a START or FULL section at the destination. */
export function headedSectionKey(sectionId: number, idstr: string): string {
  return `section ${sectionId} ${idstr}`;
}

/** The key of a PART or END section at the destination: only its id is told. */
export function continuedSectionKey(sectionId: number): string {
  return `section ${sectionId}`;
}

/** The key of a command at the destination, which is told by name. */
export function destinationCommandKey(name: string): string {
  return `command ${name}`;
}

/** Events by which the destination tells that it is still busy with the item that it began. */
const progress = new Set([
  "vmstate_load",
  "vmstate_load_state",
  "vmstate_load_state_end",
  "vmstate_downtime_load",
  "ram_load_start",
  "loadvm_process_command_ping",
  "qemu_loadvm_state_section_command",
]);

/** What a destination's trace tells of the items that it read, in order. */
export function destinationMarks(records: readonly EventRecord[]): Mark[] {
  const marks: OpenMark[] = [];
  let current: OpenMark | undefined;
  let identified = true;
  const add = (key: string, record: EventRecord) => {
    current = { key, start: record.timestamp, end: record.timestamp, events: record.name };
    marks.push(current);
  };
  /** The second event of an item tells which it is; its time is that of the first, if that is there. */
  const identify = (key: string, record: EventRecord) => {
    if (identified || !current) {
      add(key, record);
    } else {
      current.key = key;
      current.end = record.timestamp;
      current.events = `${current.events}, ${record.name}`;
    }
    identified = true;
  };
  for (const record of records) {
    switch (record.name) {
      case "vmstate_load_state":
        if (marks.length === 0 && textArgument(record, "name") === "configuration") {
          add(DESTINATION_CONFIGURATION, record);
        } else if (current) current.end = record.timestamp;
        break;
      case "qemu_loadvm_state_section": {
        const type = numberArgument(record, "section_type");
        add(type === 0 ? DESTINATION_EOF : `item of type ${type}`, record);
        identified = type === 0;
        break;
      }
      case "qemu_loadvm_state_section_startfull":
        identify(
          headedSectionKey(
            numberArgument(record, "section_id") ?? -1,
            textArgument(record, "idstr") ?? "",
          ),
          record,
        );
        break;
      case "qemu_loadvm_state_section_partend":
        identify(continuedSectionKey(numberArgument(record, "section_id") ?? -1), record);
        break;
      case "loadvm_process_command":
        identify(destinationCommandKey(textArgument(record, "s") ?? ""), record);
        break;
      case "ram_load_complete":
        if (current) {
          current.end = record.timestamp;
          current.ramLoad = numberArgument(record, "seq_iter");
        }
        break;
      default:
        if (current && progress.has(record.name)) current.end = record.timestamp;
    }
  }
  return marks;
}
