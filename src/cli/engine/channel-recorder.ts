import { close, openSync, write, writev } from "node:fs";
import { promisify } from "node:util";
import { unreadable } from "../files.js";

/** Bytes that may wait for the disk before whoever brings them should pause. */
const HIGH = 64 * 1024 * 1024;
const LOW = HIGH / 2;
/** Chunks that the system takes in one call (IOV_MAX). */
const MAX_CHUNKS = 1024;
/** Times that are collected before they are written. */
const MAX_MARKS = 8192;

const closeFile = promisify(close);

/**
 * Writes down what passes one way of a channel, as recordings have it: `FILE.bin`, the bytes, and
 * `FILE.times`, a line `OFFSET NANOSECONDS` (CLOCK_MONOTONIC) for each chunk.
 *
 * Chunks are written behind the back of whoever brings them. When the disk fails, what was written
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

  /** Why not all is on the disk, if something went wrong there. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether so much waits for the disk that nothing more should be brought for now. */
  get isFull(): boolean {
    return this.#waitingBytes > HIGH;
  }

  /** Takes a chunk, which must not change any more; it passed now, or at the time given. */
  record(chunk: Uint8Array, at: bigint = process.hrtime.bigint()): void {
    if (chunk.length === 0) return;
    const offset = this.#length;
    this.#length += chunk.length;
    if (this.#failure) return;
    this.#marks.push({ offset, at });
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#writing ??= this.#write();
  }

  /** Resolves when more may be brought. */
  async room(): Promise<void> {
    if (!this.isFull) return;
    await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** Waits until all that was brought is written; throws the failure if it is not. */
  async written(): Promise<void> {
    await this.#writing;
    if (this.#failure) throw this.#failure;
  }

  /** Writes what waits and closes the files. */
  async close(): Promise<void> {
    await this.#writing;
    const open = [this.#bytes, this.#times].filter((file) => file >= 0);
    await Promise.allSettled(open.map((file) => closeFile(file)));
  }

  /** Writes until nothing waits: what comes while the times are written waits for another turn. */
  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#writeWaiting();
      await this.#writeTimes();
    }
    this.#writing = undefined;
    this.#wakeAll();
  }

  async #writeWaiting(): Promise<void> {
    try {
      do await this.#writeBatch(this.#waiting.splice(0, MAX_CHUNKS));
      while (this.#waiting.length > 0 && this.#marks.length < MAX_MARKS);
    } catch (error) {
      this.#failure = unreadable(`${this.#file}.bin`, error);
      this.#waiting = [];
      this.#waitingBytes = 0;
    }
  }

  async #writeBatch(batch: Uint8Array[]): Promise<void> {
    for (let left = batch; left.length > 0; ) {
      const length = await writeChunks(this.#bytes, left);
      this.#written += length;
      this.#waitingBytes -= length;
      left = without(left, length);
    }
    if (this.#waitingBytes < LOW) this.#wakeAll();
  }

  /** The times of what is written; a disk that has no room for them had none for the bytes. */
  async #writeTimes(): Promise<void> {
    const marks = this.#marks.filter(({ offset }) => offset < this.#written);
    this.#marks = this.#failure ? [] : this.#marks.slice(marks.length);
    if (marks.length === 0) return;
    const text = marks.map(({ offset, at }) => `${offset} ${at}\n`).join("");
    try {
      for (let left = Buffer.from(text); left.length > 0; ) {
        left = left.subarray(await writeChunks(this.#times, [left]));
      }
    } catch (error) {
      this.#failure ??= unreadable(`${this.#file}.times`, error);
    }
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

function writeChunks(handle: number, chunks: readonly Uint8Array[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, written: number) =>
      error ? reject(error) : resolve(written);
    const [only] = chunks;
    if (only && chunks.length === 1) write(handle, only, done);
    else writev(handle, chunks, done);
  });
}

/** Chunks without the first `length` bytes. */
function without(chunks: readonly Uint8Array[], length: number): Uint8Array[] {
  let left = length;
  let at = 0;
  while (at < chunks.length && left >= chunks[at]!.length) left -= chunks[at++]!.length;
  const rest = chunks.slice(at);
  if (left > 0) rest[0] = rest[0]!.subarray(left);
  return rest;
}
