import { RecordHold } from "../../runtime/record-hold.js";
import { RevisingReader } from "../wire/revising-reader.js";
import type { StreamItem } from "../wire/stream-item.js";
import { StreamReader } from "../wire/stream-reader.js";
import type { StreamObserver, StreamReaderOptions } from "../wire/stream-reader-options.js";
import type { Patience } from "./abortable.js";
import type { ChannelInput } from "./channel-input.js";
import { HeldObserver } from "./held-observer.js";

/** Milliseconds after which a source that says nothing may be waiting for our word. */
const SILENCE = 50;

/** Milliseconds in which the description must come that could revise a failed or strange reading. */
const GRACE = 1000;

/** How the items of a load are read. */
export interface IncomingItemsOptions extends StreamReaderOptions {
  readonly observer: Required<StreamObserver>;
  /** Whether ends that only footers tell are in doubt until VMDESCRIPTION has come. */
  readonly doubt: boolean;
}

/** The items of a load once they are certain. What is traced of them is of the reading that counts. */
export class IncomingItems {
  readonly #input: ChannelInput;
  readonly #reader: StreamReader | RevisingReader;
  readonly #revising: RevisingReader | undefined;
  readonly #hold = new RecordHold();
  #ended = false;

  constructor(input: ChannelInput, { doubt, ...options }: IncomingItemsOptions) {
    this.#input = input;
    this.#revising = doubt ? this.#revisingReader(options) : undefined;
    this.#reader = this.#revising ?? new StreamReader(options);
  }

  /** Bytes up to the end of what was read. */
  get offset(): number {
    return this.#reader.offset;
  }

  /** True once no more comes. */
  get done(): boolean {
    return this.#reader.done;
  }

  /** The next item of what has come. Throws `DecodeError`. */
  next(): StreamItem | undefined {
    const item = this.#reader.next();
    if (item) this.#hold.release();
    return item;
  }

  /** Waits until more can be read. Throws if patience ends. */
  async more(patience: Patience): Promise<void> {
    const reader = this.#revising;
    if (reader && this.#ended) return await reader.settle();
    if (reader?.inDoubt && (await this.#overcomeSilence(reader, patience))) return;
    const chunk = await this.#input.read(patience);
    if (chunk) this.#reader.append(chunk);
    else this.#reader.end();
    this.#ended = !chunk;
  }

  /** Has traced what was held back, as nothing more is read. */
  close(): void {
    this.#hold.release();
  }

  #revisingReader({ observer, ...options }: Omit<IncomingItemsOptions, "doubt">): RevisingReader {
    const inDoubt = () => this.#revising?.inDoubt ?? false;
    const again = () => {
      this.#hold.drop();
      return observer;
    };
    const held = new HeldObserver(observer, this.#hold, inDoubt);
    return new RevisingReader({ ...options, observer: held, again });
  }

  /** A source that has said all waits for our word: then the description came last. */
  async #overcomeSilence(reader: RevisingReader, patience: Patience): Promise<boolean> {
    if (await this.#input.comes(SILENCE, patience)) return false;
    if (await reader.seekDescription()) return true;
    if (!reader.failed && !reader.withholdsCommand) return false;
    const grace = Math.min(GRACE, patience.stallTimeout ?? GRACE);
    if (await this.#input.comes(grace, patience)) return false;
    reader.believe();
    return true;
  }
}
