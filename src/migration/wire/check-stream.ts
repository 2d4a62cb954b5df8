import type { CommandName } from "./command-table.js";
import { isNewer, type MachineVersion, machineVersion } from "./machine-version.js";
import { type CommandItem, isSection, type SectionItem, type StreamItem } from "./stream-item.js";

/** Something in a stream that a destination would stumble over. */
export interface StreamFinding {
  readonly code: StreamFindingCode;
  /** A destination refuses the stream for an error; for a warning it only reports it. */
  readonly severity: "error" | "warning";
  /** Absolute offset of the item that it is about. */
  readonly offset: number;
  readonly message: string;
}

export type StreamFindingCode =
  | "broken"
  | "no-end"
  | "no-footers"
  | "start-twice"
  | "part-after-end"
  | "never-ended"
  | "device-before-end"
  | "device-twice"
  | "not-described"
  | "no-section"
  | "no-return-path"
  | "command-twice"
  | "return-path-twice"
  | "resume-out-of-place"
  | "command-order"
  | "behind-switchover-start"
  | "switchover-start-late"
  | "switchover-start-unknown"
  | "flush-unknown"
  | "compression-unknown";

/**
 * What a destination reports and ignores (QEMU migration/savevm.c: loadvm_process_command,
 * loadvm_postcopy_handle_resume).
 */
const WARNINGS: ReadonlySet<StreamFindingCode> = new Set([
  "return-path-twice",
  "resume-out-of-place",
]);

/** A command that is an error unless that other one came before (QEMU migration/savevm.c: loadvm_*). */
const NEEDS: Partial<Record<CommandName, CommandName>> = {
  PING: "OPEN_RETURN_PATH",
  POSTCOPY_RAM_DISCARD: "POSTCOPY_ADVISE",
  POSTCOPY_LISTEN: "POSTCOPY_ADVISE",
  POSTCOPY_RUN: "POSTCOPY_LISTEN",
};

/** Commands that are an error the second time. */
const ONCE: readonly CommandName[] = ["POSTCOPY_ADVISE", "POSTCOPY_LISTEN", "SWITCHOVER_START"];

/** Commands that set up what comes before the switchover. */
const BEFORE_SWITCHOVER: readonly CommandName[] = ["OPEN_RETURN_PATH", "POSTCOPY_ADVISE"];

/** The first machine types that send SWITCHOVER_START (QEMU hw/core/machine.c: hw_compat_9_2). */
const SWITCHOVER_START_SINCE: MachineVersion = [10, 0];

/** The first ones that send MULTIFD_FLUSH (hw_compat_8_0: multifd-flush-after-each-section). */
const FLUSH_SINCE: MachineVersion = [8, 1];

/** The first ones of a QEMU that knows no COMPRESS_PAGE (docs/about/removed-features: 9.1). */
const NO_COMPRESSION_SINCE: MachineVersion = [9, 1];

/** Findings of one kind that are given one by one; a broken stream may have one for each few bytes. */
const MAX_ALIKE = 1000;

/** Looks at a stream item by item for what a destination would refuse. */
export class StreamChecker {
  readonly #findings: StreamFinding[] = [];
  readonly #counts = new Map<
    StreamFindingCode,
    { readonly count: number; readonly offset: number }
  >();
  readonly #commands = new Set<CommandName>();
  /** Iterable sections by id: whether they have gone on, and ended. */
  readonly #iterables = new Map<number, { head: SectionItem; part: boolean; ended: boolean }>();
  readonly #devices = new Map<string, SectionItem>();
  /** What is to be found fault with unless this is a background snapshot (see `#eof`). */
  #early: StreamFinding[] = [];
  #machine: string | undefined;
  #version: MachineVersion | undefined;
  #footers: boolean | undefined;
  #ended = false;

  /** Takes the next item. */
  add(item: StreamItem): void {
    if (isSection(item)) this.#section(item);
    else if (item.type === "command") this.#command(item);
    else if (item.type === "configuration") this.#configuration(item.machine);
    else if (item.type === "eof") this.#eof(item.offset);
    else this.#described(item.description.devices, item.offset);
  }

  /** All that was found; `failure` is what the reading ended with. */
  finish(failure?: { readonly message: string; readonly offset: number }): StreamFinding[] {
    if (failure) this.#find("broken", failure.offset, failure.message);
    else if (!this.#ended && !this.#commands.has("POSTCOPY_RUN")) {
      this.#find("no-end", 0, "the stream has no EOF");
    }
    for (const [code, { count, offset }] of this.#counts) {
      const message = `the last of ${count - MAX_ALIKE} more of this kind`;
      if (count > MAX_ALIKE) this.#findings.push(finding(code, offset, message));
    }
    return this.#findings.sort((a, b) => a.offset - b.offset);
  }

  #configuration(machine: string): void {
    this.#machine = machine;
    this.#version = machineVersion(machine);
  }

  #section(item: SectionItem): void {
    if (this.#footers === undefined && !item.footer && this.#machine !== undefined) {
      this.#find("no-footers", item.offset, "no footers, which machine types since 2.4 have");
    }
    this.#footers ??= item.footer;
    if (item.type === "section-full") this.#device(item);
    else this.#iterable(item);
  }

  #iterable(item: SectionItem): void {
    const known = this.#iterables.get(item.sectionId);
    this.#records(item);
    if (item.type === "section-start") {
      if (this.#commands.has("SWITCHOVER_START")) {
        const message = `${nameOf(item)} begins behind SWITCHOVER_START, which says that all is sent`;
        this.#find("behind-switchover-start", item.offset, message);
      }
      if (known) this.#find("start-twice", item.offset, `${nameOf(item)} begins a second time`);
      this.#iterables.set(item.sectionId, { head: item, part: false, ended: false });
      return;
    }
    if (known?.ended) {
      this.#find("part-after-end", item.offset, `${nameOf(item)} goes on behind its END`);
    }
    const isPart = item.type === "section-part";
    if (isPart && this.#commands.has("SWITCHOVER_START") && !this.#isPostcopy()) {
      const message = `${nameOf(item)} goes on behind SWITCHOVER_START, which says that all is sent`;
      this.#find("behind-switchover-start", item.offset, message);
    }
    for (const found of this.#early.splice(0)) this.#keep(found);
    if (!known) return;
    known.part = true;
    known.ended ||= !isPart;
  }

  /** Records of memory that a machine type does not send, or a QEMU that has it does not know. */
  #records({ ram, offset }: SectionItem): void {
    if (ram?.flush && this.#isBefore(FLUSH_SINCE)) {
      const message = `${this.#machine} sends no MULTIFD_FLUSH: QEMU before 8.1 does not know it`;
      this.#find("flush-unknown", offset, message);
    }
    if (ram?.compressed && this.#isBefore(NO_COMPRESSION_SINCE) === false) {
      const message = `${this.#machine} with compressed pages: QEMU since 9.1 does not know them`;
      this.#find("compression-unknown", offset, message);
    }
  }

  /** Those that are sent early, while the iterable ones are set up, come before the first PART. */
  #device(item: SectionItem): void {
    const key = nameOf(item);
    if (this.#devices.has(key)) {
      this.#find("device-twice", item.offset, `${key} has a second section`);
    }
    this.#devices.set(key, item);
    if (item.depth > 0 || this.#isPostcopy()) return;
    for (const { head, part, ended } of this.#iterables.values()) {
      if (!part || ended) continue;
      const message = `${key} stands before the END of ${nameOf(head)}`;
      this.#early.push(finding("device-before-end", item.offset, message));
    }
  }

  #command({ command: { name }, offset }: CommandItem): void {
    const needed = NEEDS[name];
    if (needed && !this.#commands.has(needed)) {
      const code = name === "PING" ? "no-return-path" : "command-order";
      this.#find(code, offset, `${name} without ${needed} before it`);
    }
    if (this.#commands.has(name) && ONCE.includes(name)) {
      this.#find("command-twice", offset, `${name} a second time`);
    }
    if (name === "OPEN_RETURN_PATH" && this.#commands.has(name)) {
      this.#find("return-path-twice", offset, `${name} a second time`);
    }
    if (
      name === "POSTCOPY_RESUME" &&
      (this.#commands.has(name) || !this.#commands.has("RECV_BITMAP"))
    ) {
      this.#find("resume-out-of-place", offset, `${name} where no paused postcopy is to continue`);
    }
    if (this.#commands.has("SWITCHOVER_START") && BEFORE_SWITCHOVER.includes(name)) {
      this.#find("behind-switchover-start", offset, `${name} behind SWITCHOVER_START`);
    }
    if (name === "SWITCHOVER_START") this.#switchoverStart(offset);
    this.#commands.add(name);
  }

  #switchoverStart(offset: number): void {
    for (const { head, ended } of this.#iterables.values()) {
      if (!ended) continue;
      const message = `SWITCHOVER_START behind the END of ${nameOf(head)}, which belongs behind it`;
      this.#find("switchover-start-late", offset, message);
    }
    if (!this.#isBefore(SWITCHOVER_START_SINCE)) return;
    const message = `${this.#machine} sends no SWITCHOVER_START: QEMU before 10.0 does not know it`;
    this.#find("switchover-start-unknown", offset, message);
  }

  /**
   * A background snapshot has the devices, as they were at its beginning, behind all of the memory,
   * and no END (QEMU migration/migration.c: bg_migration_completion).
   */
  #eof(offset: number): void {
    this.#ended = true;
    if (this.#isPostcopy() || this.#early.length > 0) return;
    for (const { head, ended } of this.#iterables.values()) {
      if (!ended) this.#find("never-ended", offset, `${nameOf(head)} has no END`);
    }
  }

  #described(
    devices: readonly { readonly name: string; readonly instanceId: number }[],
    offset: number,
  ): void {
    const described = new Set(
      devices.map(({ name: idstr, instanceId }) => nameOf({ idstr, instanceId })),
    );
    for (const [key, item] of this.#devices) {
      if (described.has(key) || item.end !== "footer") continue;
      this.#find("not-described", item.offset, `${key} is not in the VMDESCRIPTION`);
    }
    for (const key of described) {
      if (this.#devices.has(key)) continue;
      this.#find("no-section", offset, `${key} is described, but has no section`);
    }
  }

  /** Whether the machine type is older; `undefined` if its name tells no version. */
  #isBefore(since: MachineVersion): boolean | undefined {
    return this.#version && isNewer(since, this.#version);
  }

  #isPostcopy(): boolean {
    return this.#commands.has("POSTCOPY_LISTEN");
  }

  #find(code: StreamFindingCode, offset: number, message: string): void {
    this.#keep(finding(code, offset, message));
  }

  /** Of those of a kind beyond `MAX_ALIKE`, only how many they are, and where the last is. */
  #keep(found: StreamFinding): void {
    const { code, offset } = found;
    const { count } = this.#counts.get(code) ?? { count: 0 };
    this.#counts.set(code, { count: count + 1, offset });
    if (count < MAX_ALIKE) this.#findings.push(found);
  }
}

function finding(code: StreamFindingCode, offset: number, message: string): StreamFinding {
  return { code, severity: WARNINGS.has(code) ? "warning" : "error", offset, message };
}

function nameOf({ idstr, instanceId }: { idstr: string; instanceId: number }): string {
  return instanceId === 0 ? idstr : `${idstr}[${instanceId}]`;
}
