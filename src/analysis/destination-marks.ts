import { ItemType } from "../migration/wire/constants.js";
import type { EventRecord } from "../traces/record.js";
import { entersLastState } from "./attempts.js";
import { commandRead } from "./command-read.js";
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

/**
 * What the destination can be at, at once: postcopy reads on in a second thread while the first still
 * loads devices, and a simpletrace does not tell threads apart.
 */
type Lane = (typeof LANES)[number];
const LANES = ["iterable", "state", "command"] as const;

/** The types of the items that go on with a section. */
const CONTINUED: readonly number[] = [ItemType.sectionPart, ItemType.sectionEnd];

/** The types of the items that are in a lane. */
const typesOf: Readonly<Record<Lane, readonly number[]>> = {
  iterable: [ItemType.sectionStart, ...CONTINUED],
  state: [ItemType.sectionFull],
  command: [ItemType.command],
};

/** Events by which the destination tells that it is still busy with the item that it began. */
const progress: ReadonlyMap<string, Lane> = new Map([
  ["vmstate_load_state", "state"],
  ["vmstate_load_state_end", "state"],
  // By which QEMU 11.1 tells the same.
  ["vmstate_load_state_success", "state"],
  ["vmstate_load_state_fail", "state"],
]);

/** Events that come last of an item. */
const ENDS: ReadonlySet<string> = new Set([
  "qemu_loadvm_state_section_command",
  "ram_load_complete",
  "vmstate_downtime_load",
  "vmstate_load_state_end",
  "vmstate_load_state_fail",
  "vmstate_load_state_success",
]);

/** What a destination's trace tells of the items that it read, in order. */
export function destinationMarks(records: readonly EventRecord[]): Mark[] {
  const marks = new DestinationMarks();
  for (const record of records) marks.add(record);
  return marks.marks;
}

interface Begun {
  readonly pid: number;
  readonly type: number;
  readonly mark: OpenMark;
}

class DestinationMarks {
  readonly marks: OpenMark[] = [];
  /** By thread, where the trace tells threads, and lane: what it is at. */
  readonly #current = new Map<string, OpenMark>();
  /** Items that began, of which the next event tells what they are, the latest last. */
  #begun: Begun[] = [];
  /** How many can be at once in what the trace calls a thread: postcopy listens in a second one. */
  #threads = 1;
  /** The command that the other thread was at when the current one began. */
  #beside: OpenMark | undefined;
  /** Whether one of these two ended. */
  #besideEnded = false;
  /** The idstr of each START section, and of the iterable that was last at work. */
  readonly #iterables = new Map<number, string>();
  /** The first section id of each name of an iterable. */
  readonly #ids = new Map<string, number>();
  #iterable = "ram";
  /** The section ids of the iterable that was last at work, and of RAM, once they are told. */
  #iterableId: number | undefined;
  #ramId: number | undefined;

  add(record: EventRecord): void {
    switch (record.name) {
      case "vmstate_load_state":
        if (this.marks.length === 0 && textArgument(record, "name") === "configuration") {
          this.#enter("state", record, this.#open(DESTINATION_CONFIGURATION, record));
        } else this.#goOn("state", record);
        break;
      case "qemu_loadvm_state_section":
        this.#begin(record, numberArgument(record, "section_type") ?? -1);
        break;
      case "qemu_loadvm_state_section_startfull":
        this.#headed(record, textArgument(record, "idstr") ?? "");
        break;
      case "qemu_loadvm_state_section_partend":
        this.#continued(record, numberArgument(record, "section_id") ?? -1);
        break;
      case "loadvm_process_command": {
        const command = commandRead(record);
        this.#identify(destinationCommandKey(command), record, typesOf.command, "command");
        if (command === "POSTCOPY_LISTEN") this.#threads = 2;
        break;
      }
      case "ram_load_start":
      case "ram_load_complete":
        this.#loadsRam(record);
        break;
      case "loadvm_process_command_ping":
        this.#ping(record, numberArgument(record, "val"));
        break;
      case "qemu_loadvm_state_section_command":
        this.#endCommand(record);
        break;
      case "migrate_set_state":
        if (entersLastState(record)) this.#finish();
        break;
      case "vmstate_load":
      case "vmstate_downtime_load":
        this.#loads(record, textArgument(record, "idstr") ?? "");
        break;
      default: {
        const lane = progress.get(record.name);
        if (lane) this.#goOn(lane, record);
      }
    }
  }

  /** What is loaded from here on is not of this migration, such as the file descriptors of CPR. */
  #finish(): void {
    this.#current.clear();
    this.#begun = [];
  }

  #headed(record: EventRecord, idstr: string): void {
    const sectionId = numberArgument(record, "section_id") ?? -1;
    const starts = this.#latest(record, [ItemType.sectionStart]) !== undefined || idstr === "ram";
    if (starts) {
      this.#iterables.set(sectionId, idstr);
      if (this.#idOf(idstr) === undefined) this.#ids.set(idstr, sectionId);
      this.#atWork(idstr, sectionId);
    }
    const key = headedSectionKey(sectionId, idstr);
    this.#identify(
      key,
      record,
      [ItemType.sectionStart, ItemType.sectionFull],
      starts ? "iterable" : "state",
    );
  }

  #continued(record: EventRecord, sectionId: number): void {
    this.#atWork(this.#iterables.get(sectionId) ?? "ram", sectionId);
    this.#identify(continuedSectionKey(sectionId), record, CONTINUED, "iterable");
  }

  /** The value of a PING; where the event that tells the command was lost, this one does. */
  #ping(record: EventRecord, value: number | undefined): void {
    const key = destinationCommandKey("PING");
    const current = this.#current.get(`${record.pid} command`);
    const waiting = [this.#beside, current].find((mark) => {
      return mark?.key === key && mark.ping === undefined;
    });
    if (!waiting) this.#identify(key, record, typesOf.command, "command");
    const mark = waiting ?? this.#goOn("command", record);
    if (!mark) return;
    mark.ping = value;
    mark.end = record.timestamp;
  }

  /** The end of a package comes after that of its last command. */
  #endCommand(record: EventRecord): void {
    const current = this.#current.get(`${record.pid} command`);
    const ended = current?.isOpen === false && !this.#latest(record, typesOf.command);
    if (ended) return;
    if (!this.#beside) this.#goOn("command", record);
    else if (this.#besideEnded) {
      this.#current.delete(`${record.pid} command`);
      this.#beside = undefined;
    }
    // Of two commands at once, it is not known which one ended first.
    else this.#besideEnded = true;
  }

  /** A load tells the idstr, which tells a section's id where the event for that was lost. */
  #loads(record: EventRecord, idstr: string): void {
    const sectionId = this.#idOf(idstr) ?? (idstr === "ram" ? this.#ramId : undefined);
    if (sectionId !== undefined && this.#latest(record, CONTINUED))
      this.#continued(record, sectionId);
    else this.#goOn(idstr === this.#iterable ? "iterable" : "state", record);
  }

  #idOf(idstr: string): number | undefined {
    const sectionId = this.#ids.get(idstr);
    const isStill = sectionId !== undefined && this.#iterables.get(sectionId) === idstr;
    return isStill ? sectionId : undefined;
  }

  /** Where the event that tells a section's id was lost, the load itself tells that it is RAM's. */
  #loadsRam(record: EventRecord): void {
    const current = this.#current.get(`${record.pid} iterable`);
    const isNext = this.#latest(record, CONTINUED) || current?.ramLoad !== undefined;
    if (!isNext) this.#ramId ??= this.#iterableId;
    else if (this.#ramId !== undefined) this.#continued(record, this.#ramId);
    const mark = this.#goOn("iterable", record);
    if (mark && record.name === "ram_load_complete") {
      mark.ramLoad = numberArgument(record, "seq_iter");
    }
  }

  #atWork(idstr: string, sectionId: number): void {
    this.#iterable = idstr;
    this.#iterableId = sectionId;
    if (idstr === "ram" && this.#iterables.has(sectionId)) this.#ramId = sectionId;
  }

  #begin(record: EventRecord, type: number): void {
    const mark = this.#open(type === 0 ? DESTINATION_EOF : `item of type ${type}`, record);
    if (type === 0) this.#leave(record, "iterable", mark);
    mark.isOpen = type !== 0;
    const same = this.#begun.filter(({ pid }) => pid === record.pid);
    const kept = same.slice(Math.max(0, same.length + 1 - this.#threads));
    const others = this.#begun.filter(({ pid }) => pid !== record.pid);
    this.#begun = [...others, ...kept, { pid: record.pid, type, mark }];
  }

  #latest({ pid }: EventRecord, types: readonly number[]): Begun | undefined {
    return this.#begun.findLast((begun) => begun.pid === pid && types.includes(begun.type));
  }

  /** The second event of an item tells which it is; its time is that of the first, if that is there. */
  #identify(key: string, record: EventRecord, types: readonly number[], lane: Lane): void {
    const begun = this.#latest(record, types);
    if (!begun) {
      const late = this.#open(key, record);
      late.startIs = "late";
      this.#enter(lane, record, late);
      return;
    }
    const { mark } = begun;
    this.#begun = this.#begun.filter((other) => other !== begun);
    mark.key = key;
    mark.end = record.timestamp;
    mark.events = `${mark.events}, ${record.name}`;
    this.#enter(lane, record, mark);
  }

  #open(key: string, record: EventRecord): OpenMark {
    const { timestamp: start, name: events } = record;
    const mark: OpenMark = { key, start, end: start, events, isOpen: true };
    this.marks.push(mark);
    return mark;
  }

  #enter(lane: Lane, record: EventRecord, mark: OpenMark): void {
    const key = `${record.pid} ${lane}`;
    if (lane === "command") {
      const current = this.#current.get(key);
      this.#beside = this.#threads > 1 && current?.isOpen ? current : undefined;
      this.#besideEnded = false;
    }
    this.#leave(record, lane, mark);
    this.#current.set(key, mark);
  }

  /** What a thread was at was over when it began with another item. */
  #leave({ pid }: EventRecord, lane: Lane, next: OpenMark): void {
    // With two threads, both may be at a command.
    const alone = this.#threads === 1;
    const lanes = alone ? LANES : lane === "command" ? [] : [lane];
    for (const other of lanes) {
      const mark = this.#current.get(`${pid} ${other}`);
      if (mark && mark !== next) mark.next ??= next.start;
    }
  }

  #goOn(lane: Lane, record: EventRecord): OpenMark | undefined {
    this.#enterUnnamed(lane, record);
    const mark = this.#current.get(`${record.pid} ${lane}`);
    if (mark) {
      mark.end = record.timestamp;
      mark.isOpen = !ENDS.has(record.name);
    }
    return mark;
  }

  /** An item of which no event told what it is goes on all the same, and not the one before it. */
  #enterUnnamed(lane: Lane, record: EventRecord): void {
    const begun = this.#latest(record, typesOf[lane]);
    if (!begun) return;
    this.#begun = this.#begun.filter((other) => other !== begun);
    this.#enter(lane, record, begun.mark);
  }
}
