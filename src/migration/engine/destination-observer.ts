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
import type { IncomingGuest } from "./incoming-guest.js";
import type { IncomingPages } from "./incoming-pages.js";
import { MigrationError } from "./migration-error.js";

/** Traces what is being loaded where QEMU does, and refuses sections that are not this machine's. */
export class DestinationObserver implements StreamObserver {
  readonly #guest: IncomingGuest;
  readonly #pages: IncomingPages;
  #headed = false;
  #begun = false;
  #ramSections = 0;
  #sectionBegin = 0;

  constructor(guest: IncomingGuest, pages: IncomingPages) {
    this.#guest = guest;
    this.#pages = pages;
  }

  header(): void {
    this.#headed = true;
  }

  item(type: number): void {
    if (!this.#headed) {
      throw new MigrationError("a paused postcopy is to go on here, where no guest of it is");
    }
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
    const name = this.#guest.enter(head);
    this.#sectionBegin = performance.now();
    // An entry without vmstate description is of the older kind, with functions of its own.
    trace_vmstate_load(idstr, name ?? "(old)");
    if (idstr === "ram") trace_ram_load_start();
  }

  sectionData(head: SectionHead): void {
    if (head.idstr === "ram") {
      this.#ramSections += 1;
      this.#pages.sectionEnd();
      trace_ram_load_complete(0, this.#ramSections);
    }
    if (head.type === "section-end") this.#traceDowntime("iterable", head);
    if (head.type === "section-full") this.#traceDowntime("non-iterable", head);
  }

  command(name: CommandName, length: number): void {
    trace_loadvm_process_command(name, length);
  }

  #traceDowntime(type: string, { idstr, instanceId }: SectionHead): void {
    const microseconds = Math.round((performance.now() - this.#sectionBegin) * 1000);
    trace_vmstate_downtime_load(type, idstr, instanceId, microseconds);
  }
}

function isPiece({ type }: SectionHead): boolean {
  return type === "section-part" || type === "section-end";
}
