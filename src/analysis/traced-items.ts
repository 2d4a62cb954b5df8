import { type CommandName, commandName, commandNumber } from "../migration/wire/command-table.js";
import { ItemType } from "../migration/wire/constants.js";
import type { Command, SectionType, StreamItem } from "../migration/wire/stream-item.js";
import type { EventRecord } from "../traces/record.js";
import { commandRead } from "./command-read.js";
import { numberArgument, textArgument } from "./mark.js";

/**
 * The items that a migration must have had, as its traces tell them, for when the stream itself was
 * not kept: what the destination read, or what the source sent, where the destination's trace lacks an
 * event that says which section it read.
 *
 * No trace tells where an item stood: `offset` only counts them, and `size` is 0.
 */
export function tracedItems(
  source: readonly EventRecord[],
  destination: readonly EventRecord[],
): StreamItem[] {
  const headed = source.some(({ name }) => name === "savevm_state_header");
  const read = itemsRead(destination, headed);
  if (showsItems(destination)) return read;
  const sent = itemsSent(source);
  return sent.length > read.length / 2 ? sent : read;
}

/** Whether a destination's trace has all events that say which items it read. */
function showsItems(destination: readonly EventRecord[]): boolean {
  const names = new Set(destination.map(({ name }) => name));
  const types = new Set(destination.map((record) => numberArgument(record, "section_type")));
  types.delete(undefined);
  return types.size > 0 && [...types].every((type) => names.has(naming.get(type!) ?? SECTION));
}

const SECTION = "qemu_loadvm_state_section";

/** By the type of an item, the event that says which one it is. */
const naming: ReadonlyMap<number, string> = new Map([
  [ItemType.sectionStart, "qemu_loadvm_state_section_startfull"],
  [ItemType.sectionFull, "qemu_loadvm_state_section_startfull"],
  [ItemType.sectionPart, "qemu_loadvm_state_section_partend"],
  [ItemType.sectionEnd, "qemu_loadvm_state_section_partend"],
  [ItemType.command, "loadvm_process_command"],
]);

/** Collects items in the order of the stream. */
class ItemList {
  readonly #items: Unplaced[] = [];
  /** What a second thread reads behind the package while the first is still busy with it. */
  #behind: Unplaced[] = [];
  #depth = 0;

  get empty(): boolean {
    return this.#items.length === 0;
  }

  configuration(): void {
    this.#add({ type: "configuration", ...unknownMachine });
  }

  command(name: CommandName, value = 0): void {
    const command = commandOf(name, value);
    if (!command) return;
    this.#add({ type: "command", number: commandNumber(name), command, payload: NOTHING });
    if (name === "PACKAGED") this.#depth = 1;
    if (name === "POSTCOPY_RUN") this.#endPackage();
  }

  section(
    type: SectionType,
    sectionId: number,
    idstr: string,
    instanceId = 0,
    version = 0,
    kindUnknown = false,
  ): void {
    const head = { type, sectionId, idstr, instanceId, version, ...noData };
    this.#add(kindUnknown ? { ...head, kindUnknown } : head);
  }

  eof(): void {
    this.#add({ type: "eof" });
  }

  /** Moves devices that were saved before memory to where the stream has them (background snapshot). */
  devicesLast(): void {
    const memory = this.#items.findIndex(isMemory);
    const device = this.#items.findIndex(({ type }) => type === "section-full");
    if (memory < 0 || device < 0 || device > memory) return;
    const devices = this.#items.splice(device, memory - device);
    this.#items.splice(this.#items.findLastIndex(isMemory) + 1, 0, ...devices);
    // Its memory has no END.
    for (const [index, item] of this.#items.entries()) {
      if (item.type === "section-end") this.#items[index] = { ...item, type: "section-part" };
    }
  }

  /** All of them, counted through. */
  take(): StreamItem[] {
    this.#endPackage();
    return this.#items.map((item, offset) => ({ ...item, offset }) as StreamItem);
  }

  #add(item: Item): void {
    const packed = this.#depth > 0 && !standsBehindPackage(item);
    const placed = { ...item, size: 0, depth: packed ? 1 : 0 };
    if (this.#depth > 0 && !packed) this.#behind.push(placed);
    else this.#items.push(placed);
  }

  #endPackage(): void {
    this.#depth = 0;
    for (const item of this.#behind.splice(0)) this.#items.push(item);
  }
}

function isMemory({ type }: Unplaced): boolean {
  return type === "section-part" || type === "section-end";
}

type Placed = "offset" | "size" | "depth";
type Item = StreamItem extends infer I ? (I extends StreamItem ? Omit<I, Placed> : never) : never;
type Unplaced = Item & Pick<StreamItem, "size" | "depth">;

/** The PING that follows the package; those within it have other values (QEMU migration/migration.c). */
const PING_BEHIND = 4;

/** A package holds devices and commands: memory, and the end of the stream, only stand behind it. */
function standsBehindPackage(item: Item): boolean {
  if (item.type === "section-part" || item.type === "section-end" || item.type === "eof")
    return true;
  return (
    item.type === "command" && item.command.name === "PING" && item.command.value === PING_BEHIND
  );
}

const NOTHING = new Uint8Array(0);
const unknownMachine = { machine: "", subsections: [], capabilities: [] };
const noData = { dataOffset: 0, dataSize: 0, end: "self", footer: true } as const;

/** `headed`: the source's trace has the configuration, which few destinations trace. */
function itemsRead(records: readonly EventRecord[], headed: boolean): StreamItem[] {
  const list = new ItemList();
  const names = new Map<number, string>();
  /** By thread and by whether the item is a continued section: its type. */
  const types = new Map<string, number>();
  for (const record of records) {
    const sectionId = numberArgument(record, "section_id") ?? 0;
    switch (record.name) {
      case "vmstate_load_state":
        if (list.empty && textArgument(record, "name") === "configuration") list.configuration();
        break;
      case "qemu_loadvm_state_section": {
        if (list.empty && headed) list.configuration();
        const type = numberArgument(record, "section_type") ?? 0;
        types.set(`${record.pid} ${type === 2 || type === 3}`, type);
        if (type === 0) list.eof();
        break;
      }
      case "qemu_loadvm_state_section_startfull": {
        const idstr = textArgument(record, "idstr") ?? "";
        const instance = numberArgument(record, "instance_id");
        names.set(sectionId, idstr);
        const kind = types.get(`${record.pid} false`) === 1 ? "section-start" : "section-full";
        list.section(kind, sectionId, idstr, instance, numberArgument(record, "version_id"));
        break;
      }
      case "qemu_loadvm_state_section_partend": {
        const kind = types.get(`${record.pid} true`) === 3 ? "section-end" : "section-part";
        list.section(kind, sectionId, names.get(sectionId) ?? "");
        break;
      }
      case "loadvm_process_command": {
        const command = commandRead(record) as CommandName;
        // A PING is told twice, its value the second time.
        if (command !== "PING") list.command(command);
        break;
      }
      case "loadvm_process_command_ping":
        list.command("PING", numberArgument(record, "val"));
        break;
    }
  }
  return list.take();
}

function itemsSent(records: readonly EventRecord[]): StreamItem[] {
  const list = new ItemList();
  const kinds = new SentKinds(records);
  let packed = false;
  for (const [index, record] of records.entries()) {
    switch (record.name) {
      case "savevm_state_header":
        list.configuration();
        break;
      case "savevm_command_send": {
        const name = commandName(numberArgument(record, "command") ?? 0);
        // The source fills the package first, LISTEN before all else, and sends the command behind it.
        if (name === "POSTCOPY_LISTEN") list.command("PACKAGED");
        packed ||= name === "PACKAGED";
        if (name && name !== "PACKAGED") list.command(name);
        break;
      }
      case "savevm_section_start": {
        const idstr = textArgument(record, "id") ?? "";
        const { type, instance } = kinds.of(index, packed);
        const sectionId = numberArgument(record, "section_id") ?? 0;
        const known = type ?? "section-part";
        list.section(known, sectionId, idstr, instance, 0, type === undefined);
        break;
      }
    }
  }
  list.devicesLast();
  return list.take();
}

/** Tells PART, END and FULL sections of the source apart, which `savevm_section_start` does not. */
class SentKinds {
  readonly #records: readonly EventRecord[];
  /** Where each section id is last seen. */
  readonly #last = new Map<number, number>();
  readonly #first = new Map<number, number>();
  /** Where the guest is stopped. */
  readonly #stop: number;
  /** Whether devices are named once more, so that what is not named so is no device. */
  readonly #namesDevices: boolean;

  constructor(records: readonly EventRecord[]) {
    this.#records = records;
    this.#stop = records.findIndex(
      (record) => textArgument(record, "checkpoint") === "src-vm-stopped",
    );
    this.#namesDevices = records.some(({ name }) => name === "vmstate_save");
    for (const [index, record] of records.entries()) {
      if (record.name !== "savevm_section_start") continue;
      const sectionId = numberArgument(record, "section_id") ?? 0;
      if (!this.#first.has(sectionId)) this.#first.set(sectionId, index);
      this.#last.set(sectionId, index);
    }
  }

  /** The section's type, undefined where nothing shows it, and its instance. */
  of(index: number, packed: boolean): { type: SectionType | undefined; instance: number } {
    const record = this.#records[index]!;
    const { type, instance } = lookBehind(
      this.#records,
      index + 1,
      textArgument(record, "id") ?? "",
    );
    return {
      type: type ?? this.#continued(index, numberArgument(record, "section_id") ?? 0, packed),
      instance,
    };
  }

  #continued(index: number, sectionId: number, packed: boolean): SectionType | undefined {
    if (this.#last.get(sectionId)! > index || packed) return "section-part";
    if (this.#stop < 0) return undefined;
    if (index < this.#stop) return "section-part";
    const iterates = this.#namesDevices || this.#first.get(sectionId)! < this.#stop;
    return iterates ? "section-end" : undefined;
  }
}

/**
 * What is told of a section behind its start: a device is named once more, by `vmstate_save`, and
 * its instance and kind in the end, by `vmstate_downtime_save`.
 */
function lookBehind(
  records: readonly EventRecord[],
  from: number,
  idstr: string,
): { type: SectionType | undefined; instance: number } {
  let type: SectionType | undefined;
  for (const record of records.slice(from, from + 200)) {
    if (record.name === "savevm_section_start") break;
    if (textArgument(record, "idstr") !== idstr) continue;
    if (record.name === "vmstate_save") type = "section-full";
    if (record.name === "vmstate_downtime_save") {
      const iterable = textArgument(record, "type") === "iterable";
      const instance = numberArgument(record, "instance_id") ?? 0;
      return { type: type ?? (iterable ? "section-end" : "section-full"), instance };
    }
  }
  return { type, instance: 0 };
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
