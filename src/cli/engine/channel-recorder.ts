import { close, constants, ftruncate } from "node:fs";
import { promisify } from "node:util";
import { unreadable } from "../files.js";
import { createGuestFile } from "../outputs/guest-file.js";
import { bytesFile, timesFile } from "../recording-layout.js";
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

/** What is written goes to the end of what is left of a file when it is cut. */
const APPEND = constants.O_WRONLY | constants.O_APPEND;

const closeFile = promisify(close);
const cutFile = promisify(ftruncate);

/** A chunk, where it lies in the file, and its line of the times. */
interface Passed {
  readonly chunk: Uint8Array;
  readonly offset: number;
  readonly line: string;
}

/**
 * Writes down what passes one way of a channel, as recordings have it: `FILE.bin`, the bytes, and
 * `FILE.times`, a line `OFFSET NANOSECONDS` (CLOCK_MONOTONIC) for each chunk.
 *
 * Chunks are gathered, and written behind the back of whoever brings them: all is handed over to the
 * system at most 100 ms after it came, if the disk keeps up. Times go before their bytes, since a disk
 * that fills has no room for them afterwards; when it fails, those of bytes that it did not take are
 * cut off again. What waits then is tried once more at the end, and what comes later is dropped.
 */
export class ChannelRecorder {
  readonly #file: string;
  #bytes = -1;
  #times = -1;
  #waiting: Passed[] = [];
  #waitingBytes = 0;
  /** Bytes of the times, of those batches that are written. */
  #timesLength = 0;
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
      this.#bytes = createGuestFile(bytesFile(file), APPEND);
      this.#times = createGuestFile(timesFile(file), APPEND);
    } catch (error) {
      this.#failure = unreadable((this.#bytes < 0 ? bytesFile : timesFile)(file), error);
    }
  }

  /** Bytes that were brought. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of the front that are written, dropped or copied: their memory is not needed any more. */
  get settled(): number {
    return this.#failure ? this.#length : this.#written;
  }

  /** Why not all is on the disk, if something went wrong there. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether so much waits for the disk that nothing more should be brought for now. */
  get isFull(): boolean {
    return !this.#failure && this.#waitingBytes > HIGH;
  }

  /** Takes a chunk, which must not change until it is settled; it passed now, or at the time given. */
  record(chunk: Uint8Array, at: bigint = process.hrtime.bigint()): void {
    if (chunk.length === 0) return;
    const offset = this.#length;
    this.#length += chunk.length;
    if (this.#failure) return;
    this.#waiting.push({ chunk, offset, line: `${offset} ${at}\n` });
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
    // Room may have come free by now.
    if (this.#failure) await this.#write();
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
    if (this.#isDue && !this.#failure) this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    for (let taken = true; taken && this.#isDue; ) {
      taken = await this.#writeBatch(this.#waiting.splice(0, MAX_CHUNKS));
    }
    this.#writing = undefined;
    this.#wakeAll();
  }

  get #isDue(): boolean {
    const { length } = this.#waiting;
    if (length === 0) return false;
    return this.#written < this.#due || this.#waitingBytes >= GATHER || length >= MAX_CHUNKS;
  }

  /** Gives whether the disk took all. */
  async #writeBatch(batch: readonly Passed[]): Promise<boolean> {
    const times = linesOf(batch);
    const chunks = batch.map(({ chunk }) => chunk);
    let file = "times";
    try {
      await writeChunks(this.#times, [times]);
      file = "bin";
      await writeChunks(this.#bytes, chunks, (length) => this.#wrote(length));
      this.#timesLength += times.length;
      return true;
    } catch (error) {
      this.#failure ??= unreadable(`${this.#file}.${file}`, error);
      this.#waiting = [...batch, ...this.#waiting].flatMap((passed) => this.#unwritten(passed));
      await this.#cutTimes(batch);
      return false;
    }
  }

  #wrote(length: number): void {
    this.#written += length;
    this.#waitingBytes -= length;
    if (this.#waitingBytes < LOW) this.#wakeAll();
  }

  /** What was not written of a chunk, in memory of its own; its time stands already if a part was. */
  #unwritten({ chunk, offset, line }: Passed): Passed[] {
    const done = Math.max(0, this.#written - offset);
    if (done >= chunk.length) return [];
    const rest = Uint8Array.from(chunk.subarray(done));
    return [{ chunk: rest, offset: offset + done, line: done > 0 ? "" : line }];
  }

  /** Takes away the times of what was not written. */
  async #cutTimes(batch: readonly Passed[]): Promise<void> {
    const written = batch.filter(({ offset }) => offset < this.#written);
    this.#timesLength += linesOf(written).length;
    await cutFile(this.#times, this.#timesLength).catch(() => {});
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

function linesOf(passed: readonly Passed[]): Buffer {
  return Buffer.from(passed.map(({ line }) => line).join(""));
}
