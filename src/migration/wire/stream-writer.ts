import { ByteWriter } from "../../bytes/byte-writer.js";
import { writeCommand } from "./command.js";
import { ItemType } from "./constants.js";
import { writeRamBlockList } from "./ram-block-list.js";
import { writeFooter, writeSectionHead } from "./section-head.js";
import { writeStreamHeader } from "./stream-header.js";
import type { Command, RamBlockInfo, SectionHead } from "./stream-item.js";
import type { VmDescription } from "./vm-description.js";
import { writeVmDescription } from "./vm-description-item.js";

/** Writes a stream item by item; a section's data is put between its head and its footer. */
export class StreamWriter extends ByteWriter {
  constructor(capacity?: number) {
    super("big", capacity);
  }

  /** Magic and version. */
  header(): this {
    writeStreamHeader(this);
    return this;
  }

  /** CONFIGURATION's type byte; the vmstate `configuration` is its data. */
  configurationHead(): this {
    return this.u8(ItemType.configuration);
  }

  command(command: Command): this {
    writeCommand(this, command);
    return this;
  }

  sectionHead(head: Omit<SectionHead, "dataOffset">): this {
    writeSectionHead(this, head);
    return this;
  }

  footer(sectionId: number): this {
    writeFooter(this, sectionId);
    return this;
  }

  ramBlockList(blocks: readonly RamBlockInfo[]): this {
    writeRamBlockList(this, blocks);
    return this;
  }

  eof(): this {
    return this.u8(ItemType.eof);
  }

  vmDescription(description: VmDescription): this {
    writeVmDescription(this, description);
    return this;
  }
}
