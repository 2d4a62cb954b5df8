import { DEFAULT_PAGE_SIZE } from "./constants.js";
import { MultifdChannelPages, type PullBytes } from "./multifd-pages.js";
import type { RamSink } from "./ram-sink.js";
import type { RamBlockInfo } from "./stream-item.js";

/**
 * Joins multifd channels to the main channel: a `RamSink` for the main channel's reader, which
 * brings the pages of all channels to one sink in the order in which a destination may load them.
 *
 * At each MULTIFD_FLUSH of the main channel, all channels are read up to their next sync point.
 * Machine types before 8.1 send no such records but sync at the end of each section of `ram`: call
 * `sectionEnd` there. At the end of the stream, `finish` reads what is left.
 */
export class MultifdJoin implements RamSink {
  readonly #sink: RamSink;
  readonly #blocks = new Map<string, RamBlockInfo>();
  readonly #pulls: readonly PullBytes[];
  #channels: readonly MultifdChannelPages[] | undefined;
  #pageSize = DEFAULT_PAGE_SIZE;
  #flushes = 0;
  #missing = 0;
  readonly page?: NonNullable<RamSink["page"]>;
  readonly xbzrle?: NonNullable<RamSink["xbzrle"]>;
  readonly compressed?: NonNullable<RamSink["compressed"]>;

  constructor(channels: readonly PullBytes[], sink: RamSink) {
    this.#sink = sink;
    this.#pulls = channels;
    if (sink.page) this.page = sink.page.bind(sink);
    if (sink.xbzrle) this.xbzrle = sink.xbzrle.bind(sink);
    if (sink.compressed) this.compressed = sink.compressed.bind(sink);
  }

  /** Sync points of the main channel that a channel had none for. */
  get missing(): number {
    return this.#missing;
  }

  block(block: RamBlockInfo, pageSize: number): void {
    this.#pageSize = pageSize;
    this.#blocks.set(block.name, block);
    this.#sink.block?.(block, pageSize);
  }

  pageSize(bytes: number): void {
    this.#pageSize = bytes;
    this.#sink.pageSize?.(bytes);
  }

  zero(block: RamBlockInfo, address: number, fill: number): void {
    this.#sink.zero?.(block, address, fill);
  }

  flush(): void {
    this.#flushes += 1;
    this.#sync();
    this.#sink.flush?.();
  }

  /** A section of `ram` has ended. */
  sectionEnd(): void {
    if (this.#flushes === 0) this.#sync();
  }

  /** Reads the channels to their ends; gives how many sync points the main channel did not have. */
  finish(): number {
    let left = 0;
    for (const channel of this.#opened()) while (channel.advance()) left += 1;
    return left;
  }

  #sync(): void {
    for (const channel of this.#opened()) if (!channel.advance()) this.#missing += 1;
  }

  /** Opened at the first sync point: from the block list on, the size of a page is known. */
  #opened(): readonly MultifdChannelPages[] {
    this.#channels ??= this.#pulls.map(
      (pull) => new MultifdChannelPages(pull, this.#blocks, this.#sink, this.#pageSize),
    );
    return this.#channels;
  }
}
