import { DecodeError } from "../../bytes/decode-error.js";
import type { Fed } from "../../bytes/fed-reader.js";
import { asDescribed } from "./as-described.js";
import { findVmDescription } from "./find-vm-description.js";
import { HeldBytes } from "./held-bytes.js";
import { knownDecoder } from "./known-section.js";
import { bytesAsRandomAccess } from "./random-access.js";
import { isSection, type SectionHead, type StreamItem } from "./stream-item.js";
import { StreamReader } from "./stream-reader.js";
import type { StreamObserver, StreamReaderOptions } from "./stream-reader-options.js";
import type { VmDescription } from "./vm-description.js";

/** Bytes that are held for the description, which ends each stream, from the first guess on. */
const MAX_HELD = 64 * 1024 * 1024;

export interface RevisingReaderOptions extends StreamReaderOptions {
  /**
   * Called when what was in doubt is read again, of which `observer` has been told; gives who is told
   * of the second reading.
   */
  readonly again?: () => StreamObserver;
}

/**
 * Reads a stream as it comes, and so with its VMDESCRIPTION last: from the first section on whose
 * end only its footer tells, items are *in doubt*. They are held until the description has come, and
 * read again where they are not as it says. Memory behind them ends the doubt: no description is near.
 */
export class RevisingReader implements Fed<StreamItem> {
  readonly #options: RevisingReaderOptions;
  readonly #bytes: HeldBytes;
  #reader: StreamReader;
  #inDoubt: StreamItem[] = [];
  /** Items that are to be taken by `next`. */
  #believed: StreamItem[] = [];
  #failure: DecodeError | undefined;
  /** Whether nothing can be in doubt any more. */
  #certain: boolean;
  #ended = false;

  constructor(options: RevisingReaderOptions = {}) {
    this.#options = options;
    this.#certain = options.description !== undefined;
    this.#bytes = new HeldBytes(options.offset ?? 0, MAX_HELD);
    this.#reader = new StreamReader({ ...options, observer: this.#observing(options.observer) });
  }

  /** Offset behind what was read, in doubt or not. */
  get offset(): number {
    return this.#reader.offset;
  }

  /** True once all was taken, or an error thrown. */
  get done(): boolean {
    return this.#reader.done && !this.inDoubt && this.#believed.length === 0;
  }

  /** Whether what was read last may have to be read again. */
  get inDoubt(): boolean {
    return this.#bytes.holding && !this.#certain;
  }

  /** Whether a command is in doubt, to which its sender may await an answer. */
  get withholdsCommand(): boolean {
    return this.#inDoubt.some(({ type }) => type === "command");
  }

  /** Whether reading has failed, in doubt: the description may yet mend it. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  append(chunk: Uint8Array): void {
    if (!this.#certain) this.#bytes.append(chunk);
    if (!this.#failure) this.#reader.append(chunk);
  }

  end(): void {
    this.#ended = true;
    this.#reader.end();
  }

  /** The next item that is not in doubt. Throws `DecodeError` behind the last one. */
  next(): StreamItem | undefined {
    while (this.#believed.length === 0) {
      const item = this.#read();
      if (item) this.#take(item);
      else if (this.inDoubt) return undefined;
      else if (this.#inDoubt.length > 0) this.believe();
      else return this.#nothing();
    }
    return this.#believed.shift();
  }

  /** No more comes: what is in doubt is read again by the description, if there is one. */
  async settle(): Promise<void> {
    if (!(await this.seekDescription())) this.believe();
  }

  /**
   * Looks whether the bytes end with the description, though reading did not come upon it; if so,
   * they are read again.
   */
  async seekDescription(): Promise<boolean> {
    if (!this.inDoubt) return false;
    const description = await findVmDescription(bytesAsRandomAccess(this.#bytes.all()));
    if (description) this.#readAgain(description);
    return description !== undefined;
  }

  /** Has what is in doubt believed as it was read, and what comes next be no part of it. */
  believe(): void {
    this.#bytes.letGo();
    if (this.#inDoubt.some(isPackage)) this.#certain = true;
    for (const item of this.#inDoubt) this.#believed.push(item);
    this.#inDoubt = [];
  }

  #observing(observer: StreamObserver | undefined): StreamObserver {
    return {
      header: () => observer?.header?.(),
      item: (type, offset) => {
        if (!this.#certain) this.#bytes.release(offset);
        observer?.item?.(type, offset);
      },
      section: (head) => {
        if (!this.#certain && isGuess(head)) this.#bytes.hold();
        observer?.section?.(head);
      },
      sectionData: (head) => observer?.sectionData?.(head),
      command: (name, length) => observer?.command?.(name, length),
    };
  }

  #read(): StreamItem | undefined {
    if (this.#failure) return undefined;
    try {
      return this.#reader.next();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#failure = error;
      return undefined;
    }
  }

  #take(item: StreamItem): void {
    this.#inDoubt.push(item);
    if (!this.inDoubt || isMemory(item)) this.believe();
    else if (item.type === "vm-description") this.#compare(item.description);
  }

  #compare(description: VmDescription): void {
    const described = asDescribed(this.#inDoubt, this.#bytes, description);
    if (!described) {
      this.#readAgain(description);
      return;
    }
    this.#inDoubt = [...described];
    this.believe();
  }

  /** What is in doubt anew, now that its description is known. */
  #readAgain(description: VmDescription): void {
    const { observer: _, again, ...options } = this.#options;
    const observer = again?.();
    const { begin: offset } = this.#bytes;
    this.#inDoubt = [];
    this.#failure = undefined;
    this.#certain = true;
    const known = { description, offset, continued: true, ...(observer && { observer }) };
    this.#reader = new StreamReader({ ...options, ...known });
    this.#reader.append(this.#bytes.all());
    if (this.#ended) this.#reader.end();
  }

  #nothing(): undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
  }
}

/** Whether a section's end can only be told from its footer. */
function isGuess(head: SectionHead): boolean {
  return head.type === "section-full" && !knownDecoder(head);
}

function isMemory(item: StreamItem): boolean {
  return isSection(item) && item.type !== "section-full";
}

/** After postcopy no description comes (QEMU migration/savevm.c: should_send_vmdesc). */
function isPackage(item: StreamItem): boolean {
  return item.type === "command" && item.command.name === "PACKAGED";
}
