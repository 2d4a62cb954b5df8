import { Unzlib } from "fflate";
import { FedReader, readFed } from "../../bytes/fed-reader.js";
import { FrameDecoder } from "../../compression/zstd/frame-decoder.js";
import { WINDOW_LIMIT, zstdParts } from "../../compression/zstd/frames.js";
import type { MultifdCompression } from "./multifd-packet.js";

/** Compressed bytes are given to fflate so many at a time: what they can become is 1,000 times as much. */
const SLICE = 4096;

/**
 * Undoes the compression of a channel's payloads, one packet after the other: each goes on where
 * the one before ended (QEMU migration/multifd-zlib.c, multifd-zstd.c: one stream a channel).
 */
export class MultifdInflate {
  readonly #compression: MultifdCompression;
  #out = new Uint8Array(0);
  #length = 0;
  readonly #push: (bytes: Uint8Array) => void;

  /** Throws `RangeError` for a compression that needs special hardware. */
  constructor(compression: MultifdCompression) {
    this.#compression = compression;
    this.#push = this.#pusher();
  }

  /** The pages of a packet. Throws `RangeError` unless they are exactly `size` bytes. */
  pages(payload: Uint8Array, size: number): Uint8Array {
    if (this.#compression === "none") return payload;
    this.#out = new Uint8Array(size);
    this.#length = 0;
    for (let at = 0; at < payload.length; at += SLICE) {
      this.#push(payload.subarray(at, at + SLICE));
    }
    if (this.#length !== size) throw new RangeError(`${this.#length} bytes instead of ${size}`);
    return this.#out;
  }

  #pusher(): (bytes: Uint8Array) => void {
    const take = (chunk: Uint8Array) => this.#take(chunk);
    if (this.#compression === "zlib") {
      const stream = new Unzlib(take);
      return (bytes) => void stream.push(bytes, false);
    }
    if (this.#compression === "zstd") {
      const reader = new FedReader("little", zstdParts);
      const decoder = new FrameDecoder(WINDOW_LIMIT);
      return (bytes) => {
        reader.append(bytes);
        for (const part of readFed(reader)) {
          if (part.type === "header") decoder.begin(part.window, part.contentSize);
          if (part.type === "block") take(decoder.decode(part.block));
        }
      };
    }
    if (this.#compression === "none") return () => {};
    throw new RangeError(`${this.#compression} cannot be undone here`);
  }

  #take(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.#out.length) {
      throw new RangeError(`more than ${this.#out.length} bytes`);
    }
    this.#out.set(chunk, this.#length);
    this.#length += chunk.length;
  }
}
