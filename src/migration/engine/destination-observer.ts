import {
  trace_loadvm_process_command,
  trace_qemu_loadvm_state_section,
  trace_qemu_loadvm_state_section_partend,
  trace_qemu_loadvm_state_section_startfull,
  trace_ram_load_complete,
  trace_ram_load_start,
  trace_vmstate_downtime_load,
  trace_vmstate_load,
} from "../../../generated/migration.js";
import type { CommandName } from "../wire/command-table.js";
import { ItemType } from "../wire/constants.js";
import type { SectionHead } from "../wire/stream-item.js";
import type { StreamObserver } from "../wire/stream-reader-options.js";
import type { Entry } from "./entries.js";
import { MigrationError } from "./migration-error.js";

/** Traces what is being loaded where QEMU does, and refuses sections that are not this machine's. */
export class DestinationObserver implements StreamObserver {
  readonly #entries: readonly Entry[];
  #begun = false;
  #ramSections = 0;
  #sectionBegin = 0;

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  item(type: number): void {
    if (!this.#begun && type !== ItemType.configuration) {
      throw new MigrationError("the stream has no configuration: it is of a machine before 2.4");
    }
    this.#begun = true;
    if (type === ItemType.configuration || type === ItemType.vmDescription) return;
    trace_qemu_loadvm_state_section(type);
  }

  section(head: SectionHead): void {
    const { sectionId, idstr, instanceId, version } = head;
    if (isPiece(head)) trace_qemu_loadvm_state_section_partend(sectionId);
    else trace_qemu_loadvm_state_section_startfull(sectionId, idstr, instanceId, version);
    const entry = this.entryOf(head);
    checkVersion(entry, head);
    this.#sectionBegin = performance.now();
    // An entry without vmstate description is of the older kind, with functions of its own.
    trace_vmstate_load(idstr, entry.device?.vmState.name ?? "(old)");
    if (!entry.device) trace_ram_load_start();
  }

  sectionData(head: SectionHead): void {
    if (!this.entryOf(head).device) {
      this.#ramSections += 1;
      trace_ram_load_complete(0, this.#ramSections);
    }
    if (head.type === "section-end") this.#traceDowntime("iterable", head);
    if (head.type === "section-full") this.#traceDowntime("non-iterable", head);
  }

  command(name: CommandName, length: number): void {
    trace_loadvm_process_command(name, length);
  }

  /** The entry of this machine that a section is of; throws `MigrationError` if there is none. */
  entryOf({ idstr, instanceId }: SectionHead): Entry {
    const entry = this.#entries.find((own) => own.idstr === idstr && own.instanceId === instanceId);
    if (entry) return entry;
    throw new MigrationError(`unknown section "${idstr}" instance ${instanceId}`);
  }

  #traceDowntime(type: string, { idstr, instanceId }: SectionHead): void {
    const microseconds = Math.round((performance.now() - this.#sectionBegin) * 1000);
    trace_vmstate_downtime_load(type, idstr, instanceId, microseconds);
  }
}

function isPiece({ type }: SectionHead): boolean {
  return type === "section-part" || type === "section-end";
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
