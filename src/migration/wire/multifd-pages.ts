import { DecodeError } from "../../bytes/decode-error.js";
import { MultifdInflate } from "./multifd-inflate.js";
import {
  compressionOf,
  isSync,
  type MultifdCompression,
  type MultifdDeviceState,
  type MultifdItem,
  type MultifdPages,
} from "./multifd-packet.js";
import { MultifdReader } from "./multifd-reader.js";
import type { RamSink } from "./ram-sink.js";
import type { RamBlockInfo } from "./stream-item.js";

/** Where a channel's bytes come from: the next ones, or `undefined` behind the last. */
export type PullBytes = () => Uint8Array | undefined;

/** Brings the pages of one channel to a sink, from one sync point to the next. */
export class MultifdChannelPages {
  readonly #reader: MultifdReader;
  readonly #pull: PullBytes | undefined;
  readonly #blocks: ReadonlyMap<string, RamBlockInfo>;
  readonly #sink: RamSink;
  readonly #pageSize: number;
  readonly #told: (item: MultifdItem) => void;
  #packets = 0;
  #inflate: { readonly by: MultifdCompression; readonly stream: MultifdInflate } | undefined;

  /**
   * `blocks` are those that the main channel lists, by name; looked up when pages come. Without
   * `pull` the channel is fed: `append`, `step`, and `end` behind the last byte. `told` is called
   * with each item.
   */
  constructor(
    pull: PullBytes | undefined,
    blocks: ReadonlyMap<string, RamBlockInfo>,
    sink: RamSink,
    pageSize: number,
    told: (item: MultifdItem) => void = () => {},
  ) {
    this.#told = told;
    this.#pull = pull;
    this.#blocks = blocks;
    this.#sink = sink;
    this.#pageSize = pageSize;
    this.#reader = new MultifdReader({
      pageSize,
      payload: (packet, bytes) => {
        if (packet.type === "pages") this.#takePayload(packet, bytes);
      },
      deviceState: () => {},
    });
  }

  /** Packets read so far. */
  get packets(): number {
    return this.#packets;
  }

  /** Reads up to and with the next sync point; false where the channel ends instead. */
  advance(): boolean {
    while (!this.step()) if (!this.#feed()) return false;
    return true;
  }

  /** Feeds the next bytes. */
  append(chunk: Uint8Array): void {
    this.#reader.append(chunk);
  }

  /** Says that the channel has ended. */
  end(): void {
    this.#reader.end();
  }

  /** Reads what was fed up to and with the next sync point; false if there is none in it. */
  step(): boolean {
    for (let item = this.#reader.next(); item; item = this.#reader.next()) {
      this.#told(item);
      if (item.type !== "hello") this.#packets += 1;
      if (item.type === "pages") this.#takeZeros(item);
      if (isSync(item)) return true;
    }
    return false;
  }

  #feed(): boolean {
    if (this.#reader.done) return false;
    const chunk = this.#pull?.();
    if (chunk) this.append(chunk);
    else this.end();
    return true;
  }

  #takePayload(packet: MultifdPages, payload: Uint8Array): void {
    const block = this.#blockOf(packet);
    const size = packet.normal.length * this.#pageSize;
    const pages = this.#decompress(packet, payload, size);
    for (const [index, address] of packet.normal.entries()) {
      this.#check(packet, block, address);
      const at = index * this.#pageSize;
      this.#sink.page?.(block, address, pages.subarray(at, at + this.#pageSize));
    }
  }

  #takeZeros(packet: MultifdPages): void {
    if (packet.zero.length === 0) return;
    const block = this.#blockOf(packet);
    for (const address of packet.zero) {
      this.#check(packet, block, address);
      this.#sink.zero?.(block, address, 0);
    }
  }

  #decompress(packet: MultifdPages, payload: Uint8Array, size: number): Uint8Array {
    const by = compressionOf(packet.flags) ?? "none";
    if (by === "none") return payload;
    try {
      if (this.#inflate?.by !== by) this.#inflate = { by, stream: new MultifdInflate(by) };
      return this.#inflate.stream.pages(payload, size);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new DecodeError(`${by} pages: ${why}`, packet.offset, [nameOf(packet)]);
    }
  }

  #blockOf(packet: MultifdPages): RamBlockInfo {
    const block = this.#blocks.get(packet.block);
    if (block) return block;
    throw new DecodeError(`pages of unknown RAM block "${packet.block}"`, packet.offset, [
      nameOf(packet),
    ]);
  }

  #check(packet: MultifdPages, block: RamBlockInfo, address: number): void {
    if (address + this.#pageSize <= block.usedLength) return;
    const reason = `page 0x${address.toString(16)} beyond ${block.name}`;
    throw new DecodeError(reason, packet.offset, [nameOf(packet)]);
  }
}

function nameOf(packet: MultifdPages | MultifdDeviceState): string {
  return packet.type === "pages" ? `packet ${packet.packetNumber}` : "device state";
}
