import type { ItemAccount } from "./account.js";
import { latest } from "./moments.js";
import { partitionPoint } from "./partition-point.js";
import type { SentBytes } from "./sent-bytes.js";

/** A moment at which a byte passed on the wire, as a tap between both ends wrote it down. */
export interface WirePoint {
  /** Offset of the first byte of a chunk in the main channel. */
  readonly offset: number;
  /** Nanoseconds of the source's clock. */
  readonly at: bigint;
}

/**
 * Before when the destination cannot have had a byte: what was told of its sending, when its item
 * was begun at the source, when it passed a tap.
 */
export class Arrival {
  readonly #sent: SentBytes;
  readonly #wire: readonly WirePoint[];

  constructor(sent: SentBytes, wire: readonly WirePoint[] = []) {
    this.#sent = sent;
    this.#wire = wire;
  }

  /** The latest such moment for the first byte of an item. */
  ofFirst({ item, source }: ItemAccount): bigint | undefined {
    return this.#latest(item.offset, source);
  }

  /** And for its last byte of data; the footer may stay in the source's buffer. */
  ofData({ item, source }: ItemAccount): bigint | undefined {
    const footer = "footer" in item && item.footer ? FOOTER_SIZE : 0;
    return this.#latest(item.offset + item.size - footer - 1, source);
  }

  #latest(offset: number, source: ItemAccount["source"]): bigint | undefined {
    return latest([
      this.#sent.window(offset).earliest,
      source.status === "paired" ? source.start : undefined,
      this.#passed(offset),
    ]);
  }

  #passed(offset: number): bigint | undefined {
    const behind = partitionPoint(this.#wire.length, (at) => this.#wire[at]!.offset > offset);
    return this.#wire[behind - 1]?.at;
  }
}

const FOOTER_SIZE = 5;
