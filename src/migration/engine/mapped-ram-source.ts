import {
  MAPPED_RAM_HEADER_SIZE,
  type MappedRamHeader,
  writeMappedRamHeader,
} from "../wire/mapped-ram-header.js";
import { writeRamBlock, writeRamBlockListHead } from "../wire/ram-block-list.js";
import type { RamBlockInfo } from "../wire/stream-item.js";
import type { Patience } from "./abortable.js";
import { type ChannelOutput, streamOutput } from "./channel-output.js";
import { DirtyBitmap } from "./dirty-bitmap.js";
import { PAGE_SIZE, type RamBlock } from "./guest-ram.js";
import type { OffsetFile } from "./offset-file.js";

/** What pages are aligned to (QEMU migration/ram.c: MAPPED_RAM_FILE_OFFSET_ALIGNMENT). */
const ALIGNMENT = 1024 * 1024;

/** Where a block is in the file, and which of its pages are there. */
interface MappedBlock {
  readonly header: MappedRamHeader;
  readonly held: DirtyBitmap;
}

/** Writes each page to a place of its own in the file that the stream goes to (QEMU migration/ram.c). */
export class MappedRamSource {
  readonly #file: OffsetFile;
  readonly #stream: ChannelOutput;
  /** Pages that follow each other go together. */
  readonly #pages: ChannelOutput;
  /** Where what is collected belongs in the file. */
  #offset = 0;
  readonly #blocks = new Map<string, MappedBlock>();

  /** `stream` is what goes into `file` apart from the pages. */
  constructor(file: OffsetFile, stream: ChannelOutput, patience: Patience) {
    this.#file = file;
    this.#stream = stream;
    const outlet = {
      write: (chunk: Uint8Array, callback: (error?: Error | null) => void) => {
        file.writeAt(this.#offset, chunk, callback);
        this.#offset += chunk.length;
      },
      end: () => {},
    };
    this.#pages = streamOutput(outlet, patience);
  }

  /** Bytes written so far, the stream's not among them. */
  get sent(): number {
    return this.#pages.sent;
  }

  /** Bytes of these that the file has not taken yet. */
  get ahead(): number {
    return this.#pages.ahead;
  }

  /** Whether so much is collected or on its way that it should be waited for. */
  get isFull(): boolean {
    return this.#pages.isFull;
  }

  /** Writes the block list; the stream goes on behind the room for the pages of all blocks. */
  async writeBlockList(blocks: readonly RamBlockInfo[]): Promise<void> {
    const { writer } = this.#stream;
    writeRamBlockListHead(
      writer,
      blocks.reduce((sum, { usedLength }) => sum + usedLength, 0),
    );
    for (const block of blocks) {
      writeRamBlock(writer, block);
      const header = headerAt(this.#file.position + writer.length, block.usedLength / PAGE_SIZE);
      writeMappedRamHeader(writer, header);
      this.#blocks.set(block.name, { header, held: new DirtyBitmap(block.usedLength / PAGE_SIZE) });
      await this.#stream.flush();
      this.#file.position = header.pagesOffset + block.usedLength;
    }
  }

  /** Takes a page as it is now; one of zeros is not held, whatever was written of it before. */
  page(block: RamBlock, page: number, isZero: boolean): void {
    const { header, held } = this.#blocks.get(block.name)!;
    if (isZero) {
      held.remove(page);
    } else {
      held.add(page);
      this.#put(header.pagesOffset + page * PAGE_SIZE, block.page(page));
    }
  }

  /** Writes which pages the file holds. */
  writeBitmaps(): void {
    for (const { header, held } of this.#blocks.values()) {
      this.#put(header.bitmapOffset, held.toBytes());
    }
  }

  /** Writes what is collected. */
  async flush(): Promise<void> {
    await this.#pages.flush();
  }

  /** Writes what is collected, and waits until the file has taken all. */
  async drain(): Promise<void> {
    await this.#pages.drain();
  }

  #put(offset: number, bytes: Uint8Array): void {
    const { writer } = this.#pages;
    if (offset !== this.#offset + writer.length) {
      this.#pages.send();
      this.#offset = offset;
    }
    writer.bytes(bytes);
  }
}

/** The header that stands at an offset of the file, with its bitmap right behind. */
function headerAt(offset: number, pages: number): MappedRamHeader {
  const bitmapOffset = offset + MAPPED_RAM_HEADER_SIZE;
  const bitmapSize = 8 * Math.ceil(pages / 64);
  const pagesOffset = ALIGNMENT * Math.ceil((bitmapOffset + bitmapSize) / ALIGNMENT);
  return { pageSize: PAGE_SIZE, bitmapOffset, pagesOffset };
}
