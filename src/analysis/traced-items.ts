import { type CommandName, commandName, commandNumber } from "../migration/wire/command-table.js";
import type { Command, SectionType, StreamItem } from "../migration/wire/stream-item.js";
import type { EventRecord } from "../traces/record.js";
import { numberArgument, textArgument } from "./mark.js";

/**
 * The items that a migration must have had, as its traces tell them, for when the stream itself was
 * not kept: what the destination read, or what the source sent.
 *
 * No trace tells where an item stood: `offset` only counts them, and `size` is 0.
 */
export function tracedItems(
  source: readonly EventRecord[],
  destination: readonly EventRecord[],
): StreamItem[] {
  const read = itemsRead(destination);
  return read.length > 0 ? read : itemsSent(source);
}

/** Collects items in order. */
class ItemList {
  readonly items: StreamItem[] = [];
  #packaged = false;

  configuration(): void {
    this.items.push({ ...this.#place(), type: "configuration", ...unknownMachine });
  }

  command(name: CommandName, value = 0): void {
    const command = commandOf(name, value);
    if (!command) return;
    const number = commandNumber(name);
    this.items.push({ ...this.#place(), type: "command", number, command, payload: NOTHING });
    if (name === "PACKAGED") this.#packaged = true;
    if (name === "POSTCOPY_RUN") this.#packaged = false;
  }

  section(type: SectionType, sectionId: number, idstr: string, instanceId = 0, version = 0): void {
    const head = { type, sectionId, idstr, instanceId, version };
    this.items.push({ ...this.#place(), ...head, ...noData });
  }

  eof(): void {
    this.items.push({ ...this.#place(), type: "eof" });
  }

  #place() {
    return { offset: this.items.length, size: 0, depth: this.#packaged ? 1 : 0 };
  }
}

const NOTHING = new Uint8Array(0);
const unknownMachine = { machine: "", subsections: [], capabilities: [] };
const noData = { dataOffset: 0, dataSize: 0, end: "self", footer: true } as const;

function itemsRead(records: readonly EventRecord[]): StreamItem[] {
  const list = new ItemList();
  const names = new Map<number, string>();
  let type: number | undefined;
  let command: CommandName | undefined;
  for (const record of records) {
    const sectionId = numberArgument(record, "section_id") ?? 0;
    switch (record.name) {
      case "vmstate_load_state":
        if (list.items.length === 0) list.configuration();
        break;
      case "qemu_loadvm_state_section":
        type = numberArgument(record, "section_type");
        if (type === 0) list.eof();
        break;
      case "qemu_loadvm_state_section_startfull": {
        const idstr = textArgument(record, "idstr") ?? "";
        const instance = numberArgument(record, "instance_id");
        names.set(sectionId, idstr);
        const kind = type === 1 ? "section-start" : "section-full";
        list.section(kind, sectionId, idstr, instance, numberArgument(record, "version_id"));
        break;
      }
      case "qemu_loadvm_state_section_partend": {
        const kind = type === 3 ? "section-end" : "section-part";
        list.section(kind, sectionId, names.get(sectionId) ?? "");
        break;
      }
      case "loadvm_process_command":
        command = textArgument(record, "s") as CommandName;
        // A PING is told twice, its value the second time.
        if (command !== "PING") list.command(command);
        break;
      case "loadvm_process_command_ping":
        list.command("PING", numberArgument(record, "val"));
        break;
    }
  }
  return list.items;
}

function itemsSent(records: readonly EventRecord[]): StreamItem[] {
  const list = new ItemList();
  let stopped = false;
  for (const [index, record] of records.entries()) {
    switch (record.name) {
      case "savevm_state_header":
        list.configuration();
        break;
      case "savevm_command_send": {
        const name = commandName(numberArgument(record, "command") ?? 0);
        if (name) list.command(name);
        break;
      }
      case "vmstate_downtime_checkpoint":
        stopped ||= textArgument(record, "checkpoint") === "src-vm-stopped";
        break;
      case "savevm_section_start": {
        const idstr = textArgument(record, "id") ?? "";
        const continued = stopped ? "section-end" : "section-part";
        const { device, instance } = lookBehind(records, index + 1, idstr);
        const type = device ? "section-full" : continued;
        list.section(type, numberArgument(record, "section_id") ?? 0, idstr, instance);
        break;
      }
    }
  }
  return list.items;
}

/**
 * What is told of a section behind its start: a device is named once more, by `vmstate_save`, and
 * its instance in the end, by `vmstate_downtime_save`.
 */
function lookBehind(
  records: readonly EventRecord[],
  from: number,
  idstr: string,
): { device: boolean; instance: number } {
  let device = false;
  for (const record of records.slice(from, from + 200)) {
    if (record.name === "savevm_section_start") break;
    if (textArgument(record, "idstr") !== idstr) continue;
    device ||= record.name === "vmstate_save";
    if (record.name === "vmstate_downtime_save") {
      return { device, instance: numberArgument(record, "instance_id") ?? 0 };
    }
  }
  return { device, instance: 0 };
}

/** What is known of a command by its name alone. */
function commandOf(name: CommandName, value: number): Command | undefined {
  switch (name) {
    case "PING":
      return { name, value };
    case "PACKAGED":
      return { name, length: 0 };
    case "POSTCOPY_RAM_DISCARD":
      return { name, block: "", ranges: [] };
    case "RECV_BITMAP":
      return { name, block: "" };
    case "POSTCOPY_ADVISE":
      return { name };
    default:
      return commandNumber(name) > 0 ? { name } : undefined;
  }
}
