import type { EventRecord } from "../traces/record.js";
import { numberArgument, textArgument } from "./mark.js";

/** A side of a migration. */
export type Side = "source" | "destination";

/**
 * The records of each migration that a trace shows one side of. A source that failed or was cancelled
 * may try again, and libvirt appends everything that a domain ever did to one log: saved, loaded,
 * migrated in, migrated out. Records before the first migration belong to the first.
 *
 * A migration starts where something happens again that happens once in each: the state `setup`, the
 * stream's header or configuration, a checkpoint of the downtime, a device that is saved or loaded; and
 * where something is saved or loaded after its last state. Attempts of the other side are left out, unless the trace
 * shows nothing of this one.
 */
export function attemptsOf(
  records: readonly EventRecord[],
  side: Side,
): readonly (readonly EventRecord[])[] {
  const splitter = new AttemptSplitter(records);
  const attempts = splitter.split();
  if (attempts.length === 1 || !attempts.some(({ sides }) => sides.has(side))) return [records];
  return attempts.flatMap(({ start, sides }, index) => {
    if (!sides.has(side) && sides.size > 0) return [];
    return [records.slice(start, attempts[index + 1]?.start)];
  });
}

/** An attempt as it is read; it goes up to the next one. */
interface OpenAttempt {
  /** The index of its first record. */
  readonly start: number;
  readonly sides: Set<Side>;
  /** What happens only once in a migration, and has happened. */
  readonly seen: Set<string>;
  /** The first record that may already belong to the next attempt: its index. */
  candidate: number | undefined;
  /** No more is to come of it: it completed, failed or was cancelled. */
  ended: boolean;
  /** Memory goes on after the devices. */
  postcopy: boolean;
  colo: boolean;
}

class AttemptSplitter {
  readonly #records: readonly EventRecord[];
  readonly #attempts: OpenAttempt[] = [newAttempt(0)];

  constructor(records: readonly EventRecord[]) {
    this.#records = records;
  }

  split(): readonly OpenAttempt[] {
    for (let index = 0; index < this.#records.length; index += 1) this.#add(index);
    return this.#attempts;
  }

  #add(index: number): void {
    const record = this.#records[index]!;
    if (!isSign(record)) return;
    const current = this.#attempts.at(-1)!;
    const side = sideOf(record);
    const key = onceOnly(record);
    const repeated =
      key !== undefined && (current.seen.has(key) || (key === "setup" && current.sides.size > 0));
    const resumed = current.ended && side !== undefined && startsWork(record);
    const otherSide =
      side !== undefined &&
      current.sides.size > 0 &&
      !current.sides.has(side) &&
      startsWork(record);
    if (repeated && !STARTS_AFRESH.has(key)) {
      // COLO takes checkpoints again and again (QEMU migration/colo.c).
      if (!current.colo) this.#start(index, current.postcopy ? undefined : current.candidate);
    } else if (repeated || resumed || otherSide) this.#start(index, undefined);
    this.#take(index, side, key);
  }

  /** Starts another attempt, to which the records from `candidate` on already belong. */
  #start(index: number, candidate = index): void {
    this.#attempts.push(newAttempt(candidate));
    for (let moved = candidate; moved < index; moved += 1) {
      const record = this.#records[moved]!;
      if (isSign(record)) this.#take(moved, sideOf(record), onceOnly(record));
    }
    this.#attempts.at(-1)!.candidate = undefined;
  }

  #take(index: number, side: Side | undefined, key: string | undefined): void {
    const attempt = this.#attempts.at(-1)!;
    const record = this.#records[index]!;
    if (side !== undefined) attempt.sides.add(side);
    if (key !== undefined) attempt.seen.add(key);
    if (attempt.candidate === undefined && savedDevices(attempt) && isIteration(record)) {
      attempt.candidate = index;
    }
    if (entersLastState(record)) attempt.ended = true;
    if (hasState(record, "postcopy")) attempt.postcopy = true;
    if (hasState(record, "colo")) attempt.colo = true;
  }
}

function newAttempt(start: number): OpenAttempt {
  return {
    ...{ start, sides: new Set<Side>(), seen: new Set<string>() },
    ...{ candidate: undefined, ended: false, postcopy: false, colo: false },
  };
}

/** Whether a record can say anything of where attempts start and end: most of a trace does not. */
function isSign({ name }: EventRecord): boolean {
  return SOURCE_EVENTS.has(name) || DESTINATION_EVENTS.has(name) || OTHER_SIGNS.has(name);
}

const SOURCE_EVENTS: ReadonlySet<string> = new Set([
  "migration_thread_setup_complete",
  "savevm_command_send",
  "savevm_section_end",
  "savevm_section_start",
  "savevm_send_ping",
  "savevm_state_header",
  "savevm_state_iterate",
  "savevm_state_setup",
  "vmstate_downtime_save",
  "vmstate_save",
]);

const DESTINATION_EVENTS: ReadonlySet<string> = new Set([
  "loadvm_process_command",
  "loadvm_process_command_ping",
  "process_incoming_migration_co_end",
  "qemu_loadvm_state_section",
  "qemu_loadvm_state_section_command",
  "qemu_loadvm_state_section_partend",
  "qemu_loadvm_state_section_startfull",
  "ram_load_complete",
  "ram_load_start",
  "vmstate_downtime_load",
  "vmstate_load",
]);

/** Events of both sides that say where an attempt starts or ends. */
const OTHER_SIGNS: ReadonlySet<string> = new Set([
  "migrate_set_state",
  "migration_bitmap_sync_start",
  "vmstate_downtime_checkpoint",
  "vmstate_load_state",
]);

/** Which side of a migration an event is of; undefined where both have it. */
export function sideOf(record: EventRecord): Side | undefined {
  if (SOURCE_EVENTS.has(record.name)) return "source";
  if (DESTINATION_EVENTS.has(record.name)) return "destination";
  if (record.name !== "vmstate_downtime_checkpoint") return undefined;
  const checkpoint = textArgument(record, "checkpoint") ?? "";
  if (checkpoint.startsWith("src-")) return "source";
  return checkpoint.startsWith("dst-") ? "destination" : undefined;
}

/** Events by which a side starts on something, and not only ends it. */
function startsWork({ name }: EventRecord): boolean {
  return STARTS.has(name);
}

const STARTS: ReadonlySet<string> = new Set([
  "loadvm_process_command",
  "qemu_loadvm_state_section",
  "qemu_loadvm_state_section_startfull",
  "savevm_section_start",
  "savevm_state_header",
  "savevm_state_iterate",
  "savevm_state_setup",
  "vmstate_downtime_checkpoint",
]);

/** Section names of what is saved again and again while the guest runs. */
const ITERABLES: ReadonlySet<string> = new Set([
  "block",
  "dirty-bitmap",
  "ram",
  "s390-stattrib",
  "spapr/htab",
]);

function isIterable(idstr: string): boolean {
  return ITERABLES.has(idstr) || idstr.endsWith("/vfio");
}

/** The first that happens in a migration. */
const STARTS_AFRESH: ReadonlySet<string> = new Set([
  "load configuration",
  "savevm_state_header",
  "savevm_state_setup",
  "setup",
]);

/** What a record shows that happens once in each migration; undefined of everything else. */
function onceOnly(record: EventRecord): string | undefined {
  switch (record.name) {
    case "savevm_state_header":
    case "savevm_state_setup":
    case "migration_thread_setup_complete":
      return record.name;
    case "migrate_set_state":
      return textArgument(record, "new_state") === "setup" ? "setup" : undefined;
    case "vmstate_load_state":
      return textArgument(record, "name") === "configuration" ? "load configuration" : undefined;
    case "vmstate_downtime_checkpoint":
      return textArgument(record, "checkpoint");
    case "savevm_section_start": {
      const idstr = textArgument(record, "id") ?? "";
      if (isIterable(idstr)) return undefined;
      return `save ${numberArgument(record, "section_id")} ${idstr}`;
    }
    case "qemu_loadvm_state_section_startfull": {
      const [id, idstr] = [numberArgument(record, "section_id"), textArgument(record, "idstr")];
      return `load ${id} ${idstr} ${numberArgument(record, "instance_id")}`;
    }
    case "vmstate_downtime_save":
    case "vmstate_downtime_load":
      if (textArgument(record, "type") !== "non-iterable") return undefined;
      return `${record.name} ${textArgument(record, "idstr")} ${numberArgument(record, "instance_id")}`;
    default:
      return undefined;
  }
}

/** Whether its devices were saved or loaded, or its downtime is over: memory that follows is another's. */
function savedDevices({ seen, ended }: OpenAttempt): boolean {
  return ended || seen.has("src-downtime-end") || seen.has("src-non-iterable-saved");
}

/** What a source does first of all when its memory is about to go. */
function isIteration(record: EventRecord): boolean {
  if (record.name === "savevm_state_iterate" || record.name === "migration_bitmap_sync_start") {
    return true;
  }
  return record.name === "savevm_section_start" && isIterable(textArgument(record, "id") ?? "");
}

/** Whether a record enters a state after which nothing more is sent. */
export function entersLastState(record: EventRecord): boolean {
  if (record.name !== "migrate_set_state") return false;
  return LAST_STATES.has(textArgument(record, "new_state"));
}

/** States after which nothing more is sent (QEMU qapi/migration.json: MigrationStatus). */
const LAST_STATES: ReadonlySet<string | undefined> = new Set(["cancelled", "completed", "failed"]);

/** Whether a record enters a state whose name begins so. */
function hasState(record: EventRecord, beginning: string): boolean {
  if (record.name !== "migrate_set_state") return false;
  return textArgument(record, "new_state")?.startsWith(beginning) ?? false;
}
