import { close, openSync } from "node:fs";
import { promisify } from "node:util";
import { unreadable } from "../files.js";
import { writeChunks } from "./write-chunks.js";

/**
 * Bytes that may wait for the disk before whoever brings them should pause. What waits longer than
 * that has left the processor's caches, and costs a multiple to be written.
 */
const HIGH = 4 * 1024 * 1024;
const LOW = HIGH / 2;
/** Bytes that are gathered for one write: few large ones cost a fraction of many small ones. */
const GATHER = 1024 * 1024;
/** Milliseconds after which all that was gathered is written, however little it is. */
const GATHER_TIME = 100;
/** Chunks that the system takes in one call (IOV_MAX). */
const MAX_CHUNKS = 1024;
/** Times that are collected before they are written. */
const MAX_MARKS = 1024;

const closeFile = promisify(close);

/**
 * Writes down what passes one way of a channel, as recordings have it: `FILE.bin`, the bytes, and
 * `FILE.times`, a line `OFFSET NANOSECONDS` (CLOCK_MONOTONIC) for each chunk.
 *
 * Chunks are gathered, and written behind the back of whoever brings them: all is handed over to the
 * system at most 100 ms after it came, if the disk keeps up. When the disk fails, what was written
 * stays, with the times of just these bytes, and the rest is dropped.
 */
export class ChannelRecorder {
  readonly #file: string;
  #bytes = -1;
  #times = -1;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Chunks whose times are not written yet: offset and time. */
  #marks: { readonly offset: number; readonly at: bigint }[] = [];
  #length = 0;
  #written = 0;
  /** The offset up to which all is to be written, even if it fills no write. */
  #due = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;
  #wake: (() => void)[] = [];

  /** Makes the two files; that they cannot be made is a failure like any that comes later. */
  constructor(file: string) {
    this.#file = file;
    try {
      this.#bytes = openSync(`${file}.bin`, "w");
      this.#times = openSync(`${file}.times`, "w");
    } catch (error) {
      this.#failure = unreadable(`${file}.bin`, error);
    }
  }

  /** Bytes that were brought. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of the front that are written, or dropped: their memory is not needed any more. */
  get settled(): number {
    return this.#failure ? this.#length : this.#written;
  }

  /** Why not all is on the disk, if something went wrong there. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether so much waits for the disk that nothing more should be brought for now. */
  get isFull(): boolean {
    return this.#waitingBytes > HIGH;
  }

  /** Takes a chunk, which must not change until it is settled; it passed now, or at the time given. */
  record(chunk: Uint8Array, at: bigint = process.hrtime.bigint()): void {
    if (chunk.length === 0) return;
    const offset = this.#length;
    this.#length += chunk.length;
    if (this.#failure) return;
    this.#marks.push({ offset, at });
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#timer ??= setTimeout(() => void this.#flush(), GATHER_TIME);
    this.#begin();
  }

  /** Resolves when more may be brought. */
  async room(): Promise<void> {
    if (!this.isFull) return;
    await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** Waits until all that was brought is written; throws the failure if it is not. */
  async written(): Promise<void> {
    await this.#flush();
    if (this.#failure) throw this.#failure;
  }

  /** Writes what waits and closes the files. */
  async close(): Promise<void> {
    await this.#flush();
    const open = [this.#bytes, this.#times].filter((file) => file >= 0);
    await Promise.allSettled(open.map((file) => closeFile(file)));
  }

  /** Writes all that was brought until now. */
  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = this.#length;
    this.#begin();
    await this.#writing;
  }

  /** Begins to write if there is enough for that, and it has not begun. */
  #begin(): void {
    if (this.#areBytesDue || this.#areTimesDue) this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    while (this.#areBytesDue || this.#areTimesDue) {
      if (this.#areBytesDue) await this.#writeBytes();
      if (this.#areTimesDue) await this.#writeTimes();
    }
    this.#writing = undefined;
    this.#wakeAll();
  }

  get #areBytesDue(): boolean {
    const { length } = this.#waiting;
    if (length === 0) return false;
    return this.#written < this.#due || this.#waitingBytes >= GATHER || length >= MAX_CHUNKS;
  }

  get #areTimesDue(): boolean {
    const [first] = this.#marks;
    if (!first || first.offset >= this.#written) return false;
    return first.offset < this.#due || this.#marks.length >= MAX_MARKS;
  }

  async #writeBytes(): Promise<void> {
    try {
      await this.#writeBatch(this.#waiting.splice(0, MAX_CHUNKS));
    } catch (error) {
      this.#fail(`${this.#file}.bin`, error);
    }
  }

  async #writeBatch(batch: Uint8Array[]): Promise<void> {
    await writeChunks(this.#bytes, batch, (length) => {
      this.#written += length;
      this.#waitingBytes -= length;
    });
    if (this.#waitingBytes < LOW) this.#wakeAll();
  }

  /** The times of what is written; a disk that has no room for them had none for the bytes. */
  async #writeTimes(): Promise<void> {
    const marks = this.#marks.filter(({ offset }) => offset < this.#written);
    this.#marks = this.#marks.slice(marks.length);
    const text = marks.map(({ offset, at }) => `${offset} ${at}\n`).join("");
    try {
      await writeChunks(this.#times, [Buffer.from(text)]);
    } catch (error) {
      this.#fail(`${this.#file}.times`, error);
      this.#marks = [];
    }
  }

  /** Drops what waits; the times of what was written are still due. */
  #fail(file: string, error: unknown): void {
    this.#failure ??= unreadable(file, error);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#due = this.#length;
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
