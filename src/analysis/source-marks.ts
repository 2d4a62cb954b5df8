import { commandNumber } from "../migration/wire/command-table.js";
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

const PING = commandNumber("PING");

export const SOURCE_CONFIGURATION = "configuration";
/** All START sections at once: QEMU traces one event for them (QEMU migration/savevm.c). */
export const SOURCE_SETUP = "setup";

/** What a source's trace tells of the items that it sent, in order. */
export function sourceMarks(records: readonly EventRecord[]): Mark[] {
  const marks = new SourceMarks();
  for (const record of records) marks.add(record);
  return marks.marks;
}

/** Events of the thread that sends, between one item and the next. */
const BETWEEN: ReadonlySet<string> = new Set([
  "savevm_state_iterate",
  "migration_completion_postcopy_end",
  "vmstate_downtime_checkpoint",
  "vmstate_downtime_save",
]);

/** With a background snapshot the main thread ends the downtime while another one sends memory. */
function isOfMainThread(record: EventRecord): boolean {
  return textArgument(record, "checkpoint") === "src-downtime-end";
}

class SourceMarks {
  readonly marks: OpenMark[] = [];
  #setup: OpenMark | undefined;
  /** The item that the last event was of: one thread sends them all, one behind the other. */
  #current: OpenMark | undefined;
  /** The last moment that is told behind an item: those to come were not begun then. */
  #between: bigint | undefined;

  add(record: EventRecord): void {
    const before = this.#current;
    if (!this.#take(record)) return;
    this.#between = record.timestamp;
    if (before?.isOpen && this.#current !== before) before.next ??= record.timestamp;
  }

  /** Whether the record is of an item, or between two. */
  #take(record: EventRecord): boolean {
    switch (record.name) {
      case "savevm_state_header":
        this.#at(SOURCE_CONFIGURATION, record);
        break;
      case "savevm_send_ping":
        this.#at(sourceCommandKey(PING), record).ping = numberArgument(record, "val");
        break;
      case "savevm_command_send":
        this.#command(record, sourceCommandKey(numberArgument(record, "command") ?? -1));
        break;
      case "savevm_state_setup":
        this.#setup = this.#at(SOURCE_SETUP, record);
        this.#setup.isOpen = true;
        break;
      case "migration_thread_setup_complete":
        if (this.#setup) {
          this.#setup.end = record.timestamp;
          this.#setup.isOpen = false;
        }
        break;
      case "savevm_section_start":
        this.#at(sectionKeyOf(record), record).isOpen = true;
        break;
      case "savevm_section_end":
        this.#sectionEnd(record, sectionKeyOf(record));
        break;
      default:
        if (!BETWEEN.has(record.name) || isOfMainThread(record)) return false;
        this.#current = undefined;
    }
    return true;
  }

  #at(key: string, record: EventRecord): OpenMark {
    const { name: events, timestamp } = record;
    const mark = { key, start: timestamp, end: timestamp, events };
    this.marks.push(mark);
    this.#current = mark;
    return mark;
  }

  /** A PING has told its value just before. */
  #command(record: EventRecord, key: string): void {
    if (!this.#goOn(key, record)) this.#at(key, record);
    this.#current = undefined;
  }

  /** A section whose start was lost began behind what was told before it. */
  #sectionEnd(record: EventRecord, key: string): void {
    const mark = this.#goOn(key, record);
    this.#current = undefined;
    if (mark) mark.isOpen = false;
    if (mark || this.#between === undefined) return;
    const { timestamp: end, name: events } = record;
    this.marks.push({ key, start: this.#between, startIs: "early", end, events });
  }

  /** What the source is at, if it is of this key, is told of once more. */
  #goOn(key: string, record: EventRecord): OpenMark | undefined {
    const mark = this.#current;
    if (mark?.key !== key) return undefined;
    mark.end = record.timestamp;
    mark.events += `, ${record.name}`;
    return mark;
  }
}

/** The key of the section that a record of the source tells of. */
export function sectionKeyOf(record: EventRecord): string {
  return sourceSectionKey(
    numberArgument(record, "section_id") ?? -1,
    textArgument(record, "id") ?? "",
  );
}
