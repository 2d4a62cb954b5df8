import type { RamSink } from "./ram-sink.js";
import type { RamBlockInfo } from "./stream-item.js";
import type { StreamReaderOptions } from "./stream-reader-options.js";

/** Remembers of a connection what one that goes on with its paused postcopy does not tell again. */
export class KnownBlocks implements RamSink {
  readonly #blocks: RamBlockInfo[] = [];
  #pageSize: number | undefined;

  /** Blocks that were listed so far. */
  get size(): number {
    return this.#blocks.length;
  }

  block(block: RamBlockInfo, pageSize: number): void {
    this.#blocks.push(block);
    this.#pageSize = pageSize;
  }

  pageSize(bytes: number): void {
    this.#pageSize = bytes;
  }

  /** The blocks by name. */
  get byName(): ReadonlyMap<string, RamBlockInfo> {
    return new Map(this.#blocks.map((block) => [block.name, block]));
  }

  /** What the reader of the next connection is to be told. */
  options(): Pick<StreamReaderOptions, "blocks" | "pageSize"> {
    return {
      blocks: this.#blocks,
      ...(this.#pageSize !== undefined && { pageSize: this.#pageSize }),
    };
  }
}
