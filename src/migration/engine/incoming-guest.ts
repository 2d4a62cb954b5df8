import type { RamSink } from "../wire/ram-sink.js";
import type { Configuration, SectionHead, SectionItem } from "../wire/stream-item.js";
import type { SectionDecoder } from "../wire/stream-reader-options.js";
import type { VmDescription } from "../wire/vm-description.js";
import type { OwnBlock } from "./postcopy-memory.js";
import type { PageCounts } from "./ram-source.js";

/** What a destination loads: checks what comes, and takes it in. All that it throws fails the load. */
export interface IncomingGuest {
  /** Takes the guest's memory. */
  readonly ram: RamSink & { readonly counts: PageCounts };
  /** Its blocks of memory, if they are known before the stream tells. */
  readonly blocks?: readonly OwnBlock[];
  /** Bytes of a page, if they are known before the stream tells. */
  readonly pageSize: number | undefined;
  /** The machine that the stream is of. */
  configure(configuration: Configuration): void;
  /** A section begins; gives its vmstate's name, `undefined` for one that is no device's. */
  enter(head: SectionHead): string | undefined;
  /**
   * Loads a device by its own description. A guest without this knows no device: the ends of their
   * sections are found by what else is known, and in doubt until VMDESCRIPTION has come.
   */
  decoderOf?(head: SectionHead): SectionDecoder | undefined;
  /** A section is whole, and certain. */
  loaded(item: SectionItem): void;
  /** What VMDESCRIPTION says of all that was loaded. */
  described(description: VmDescription): void;
  /** SWITCHOVER_START: the handlers of all devices, in order. */
  switchoverStart(): Promise<void>;
  /** The guest goes on here, in the state in which it was stopped. */
  start(): void | Promise<void>;
}
