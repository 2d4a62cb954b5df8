import { ByteWriter } from "../../bytes/byte-writer.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { writeCommand } from "./command.js";
import { writeConfiguration } from "./configuration.js";
import { ItemType } from "./constants.js";
import {
  isIgnored,
  MAPPED_RAM_HEADER_SIZE,
  type MappedRamHeader,
  writeMappedRamHeader,
} from "./mapped-ram-header.js";
import { writeRamBlock, writeRamBlockListHead } from "./ram-block-list.js";
import { RamRecordWriter } from "./ram-record-writer.js";
import type { RamSink } from "./ram-sink.js";
import { SectionEditor } from "./section-editor.js";
import { writeFooter, writeSectionHead } from "./section-head.js";
import type { StreamEdits } from "./stream-edits.js";
import { writeStreamHeader } from "./stream-header.js";
import type { RamBlockInfo, SectionHead, SectionItem, StreamItem } from "./stream-item.js";
import { StreamReader } from "./stream-reader.js";
import type { VmDescription } from "./vm-description.js";
import { writeVmDescription } from "./vm-description-item.js";

/**
 * Reads a stream and writes it anew, with changes: fed with its bytes, it gives those of the other.
 *
 * Everything is written from what was decoded; without edits, the bytes are the same. Of memory it
 * holds what it was fed last. Throws `DecodeError` where the stream is broken, and `RangeError` at
 * the end if there was nothing to edit where an edit was wanted.
 */
export class StreamRewriter {
  readonly #writer = new ByteWriter("big", 1 << 16);
  readonly #records = new RamRecordWriter(this.#writer);
  readonly #reader: StreamReader;
  readonly #edits: StreamEdits;
  readonly #sections: SectionEditor;
  #given = 0;
  #switchoverStarted = false;
  #configured = false;

  /**
   * `description` is the stream's VMDESCRIPTION, needed to drop subsections; `offset` is where the
   * stream begins in its file, as mapped-ram's headers count from there. What is written begins at 0.
   */
  constructor(edits: StreamEdits = {}, description?: VmDescription, offset = 0) {
    this.#edits = edits;
    this.#sections = new SectionEditor(edits, description);
    this.#reader = new StreamReader({
      ...(description && { description }),
      offset,
      keepData: true,
      ram: this.#ramSink(),
      // Sections of ram are written as they are read; their data is too much to be held.
      observer: {
        header: () => writeStreamHeader(this.#writer),
        section: (head) => head.idstr === "ram" && this.#writeHead(head),
      },
    });
  }

  /** Takes the next bytes, and gives what they became. */
  push(chunk: Uint8Array): Uint8Array {
    this.#reader.append(chunk);
    return this.#take();
  }

  /** Takes the end, and gives what is left. */
  end(): Uint8Array {
    this.#reader.end();
    const rest = this.#take();
    this.#sections.check();
    if (this.#edits.machine !== undefined && !this.#configured) {
      throw new RangeError("no CONFIGURATION, which would name the machine type");
    }
    return rest;
  }

  #take(): Uint8Array {
    for (let item = this.#reader.next(); item; item = this.#reader.next()) this.#write(item);
    const bytes = this.#writer.take();
    this.#given += bytes.length;
    return bytes;
  }

  #ramSink(): RamSink {
    const records = this.#records;
    return {
      blockList: (total) => writeRamBlockListHead(this.#writer, total),
      block: (block) => {
        checkText(block.name, this.#reader.offset);
        writeRamBlock(this.#writer, block);
      },
      mapped: (block, header, bitmap) => this.#writeMapped(block, header, bitmap),
      mappedBytes: (_, __, bytes) => void this.#writer.bytes(bytes),
      // As after POSTCOPY_RUN, where the source begins anew.
      named: () => records.forgetBlock(),
      page: ({ name }, address, bytes) => records.page(name, address, bytes),
      zero: ({ name }, address, fill) => records.zero(name, address, fill),
      xbzrle: ({ name }, address, encoded) => records.xbzrle(name, address, encoded),
      compressed: ({ name }, address, deflated) => records.compressed(name, address, deflated),
      flush: () => records.flush(),
      hook: () => records.hook(),
    };
  }

  /** The bitmap follows the header, wherever that has come to stand; the pages stay where they are. */
  #writeMapped({ name }: RamBlockInfo, header: MappedRamHeader, bitmap: Uint8Array): void {
    if (isIgnored(header)) {
      writeMappedRamHeader(this.#writer, header);
      return;
    }
    const bitmapOffset = this.#given + this.#writer.length + MAPPED_RAM_HEADER_SIZE;
    writeMappedRamHeader(this.#writer, { ...header, bitmapOffset });
    this.#writer.bytes(bitmap);
    const gap = header.pagesOffset - (this.#given + this.#writer.length);
    if (gap < 0) throw new RangeError(`no room before the pages of ${name}`);
    this.#writer.bytes(new Uint8Array(gap));
  }

  #writeHead(head: SectionHead): void {
    // The iterable sections end when all of before the switchover is sent.
    if (head.type === "section-end" && this.#edits.switchoverStart && !this.#switchoverStarted) {
      writeCommand(this.#writer, { name: "SWITCHOVER_START" });
      this.#switchoverStarted = true;
    }
    checkText(head.idstr, head.dataOffset);
    writeSectionHead(this.#writer, head);
  }

  #write(item: StreamItem): void {
    switch (item.type) {
      case "configuration": {
        const { machine = item.machine } = this.#edits;
        for (const text of [machine, ...item.capabilities]) checkText(text, item.offset);
        this.#configured = true;
        writeConfiguration(this.#writer, { ...item, machine });
        break;
      }
      case "command":
        if (item.command.name === "SWITCHOVER_START") {
          const twice = this.#switchoverStarted;
          this.#switchoverStarted = true;
          if (twice || this.#edits.switchoverStart === false) break;
        }
        writeCommand(this.#writer, item.command);
        break;
      case "eof":
        this.#writer.u8(ItemType.eof);
        break;
      case "vm-description":
        checkText(item.json, item.offset);
        writeVmDescription(this.#writer, this.#sections.description(item));
        break;
      default:
        this.#writeSection(item);
    }
  }

  #writeSection(item: SectionItem): void {
    if (item.idstr === "ram") this.#records.endOfSection();
    else {
      this.#writeHead(item);
      this.#writer.bytes(this.#sections.data(item));
    }
    if (item.footer) writeFooter(this.#writer, item.sectionId);
  }
}

/** Bytes that are not UTF-8 were replaced when they were decoded, and cannot be written as they were. */
function checkText(text: string, offset: number): void {
  if (text.includes("\ufffd")) throw new DecodeError("text that is not UTF-8", offset);
}
