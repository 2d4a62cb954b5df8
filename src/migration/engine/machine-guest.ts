import type { Configuration, SectionHead } from "../wire/stream-item.js";
import type { SectionDecoder } from "../wire/stream-reader-options.js";
import { acceptConfiguration } from "./configuration-state.js";
import { type Entry, entriesOf } from "./entries.js";
import { GlobalState } from "./globalstate.js";
import { PAGE_SIZE } from "./guest-ram.js";
import type { IncomingGuest } from "./incoming-guest.js";
import type { Machine } from "./machine.js";
import { MigrationError } from "./migration-error.js";
import type { OwnBlock } from "./postcopy-memory.js";
import { RamDestination } from "./ram-destination.js";
import { loadVmState } from "./vmstate-load.js";

/** A guest that is loaded into a machine like the source's. */
export class MachineGuest implements IncomingGuest {
  readonly ram: RamDestination;
  readonly blocks: readonly OwnBlock[];
  readonly pageSize = PAGE_SIZE;
  readonly #machine: Machine;
  /** What a guest does whose stream does not tell: it runs. */
  readonly #globalState = new GlobalState("running");
  readonly #entries: readonly Entry[];

  constructor(machine: Machine) {
    this.#machine = machine;
    this.blocks = machine.ram.blocks;
    this.ram = new RamDestination(machine.ram);
    this.#entries = entriesOf(machine, this.#globalState.device());
  }

  configure(configuration: Configuration): void {
    acceptConfiguration(configuration, this.#machine.type);
  }

  /** Throws `MigrationError` for a section that this machine has not, or not of this version. */
  enter(head: SectionHead): string | undefined {
    const entry = this.#entryOf(head);
    checkVersion(entry, head);
    return entry.device?.vmState.name;
  }

  /** Devices load themselves, by their own description; RAM is the reader's business. */
  decoderOf(head: SectionHead): SectionDecoder | undefined {
    const { device } = this.#entryOf(head);
    if (!device) return undefined;
    return function* (window) {
      yield* loadVmState(window, device.vmState, device.state, head.version);
      return { end: "self" };
    };
  }

  loaded(): void {}

  described(): void {}

  /**
   * Runs the switchover-start handlers of all entries in order; the first that fails ends it (QEMU
   * migration/savevm.c: loadvm_postcopy_handle_switchover_start).
   */
  async switchoverStart(): Promise<void> {
    for (const { idstr, device } of this.#entries) {
      try {
        await device?.switchoverStart?.(device.state);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new MigrationError(`switchover-start of "${idstr}" failed: ${reason}`, { cause });
      }
    }
  }

  start(): void {
    this.#machine.setRunState(this.#globalState.runState);
  }

  #entryOf({ idstr, instanceId }: SectionHead): Entry {
    const entry = this.#entries.find((own) => own.idstr === idstr && own.instanceId === instanceId);
    if (entry) return entry;
    throw new MigrationError(`unknown section "${idstr}" instance ${instanceId}`);
  }
}

function checkVersion(entry: Entry, { idstr, version, type }: SectionHead): void {
  if (version > entry.version) {
    throw new MigrationError(
      `section "${idstr}" of version ${version}, only up to ${entry.version} is known`,
    );
  }
  if ((type === "section-full") !== (entry.device !== undefined)) {
    throw new MigrationError(`section "${idstr}" comes as ${type}`);
  }
}
