import { closeSync, writeSync } from "node:fs";
import { unreadable } from "../files.js";
import { createGuestFile } from "../outputs/guest-file.js";

/** Bytes that are held at most while there is no room for them. */
const MOST = 1024 * 1024;
const NOTHING = new Uint8Array(0);

/**
 * A file that a trace is written to. What finds no room on the disk is held, and tried again with
 * what comes next and when the file is closed; a trace of which much would have to be held ends there.
 */
export class TraceFile {
  readonly #handle: number;
  #held: Uint8Array = NOTHING;

  /** Makes the file. Throws `Failure` if it cannot. */
  constructor(file: string) {
    try {
      this.#handle = createGuestFile(file);
    } catch (error) {
      throw unreadable(file, error);
    }
  }

  write(bytes: Uint8Array): void {
    if (this.#held.length > MOST) return;
    this.#held = this.#rest(this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes);
  }

  /** Writes what is held, if there is room for it now, and closes the file. */
  close(): void {
    this.#rest(this.#held);
    this.#held = NOTHING;
    closeSync(this.#handle);
  }

  /** Writes bytes; gives those for which there is no room. */
  #rest(bytes: Uint8Array): Uint8Array {
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(this.#handle, bytes, done);
      return NOTHING;
    } catch {
      return bytes.slice(done);
    }
  }
}
