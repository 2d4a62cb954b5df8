import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { writeCommand } from "../../../src/migration/wire/command.js";
import { writeConfiguration } from "../../../src/migration/wire/configuration.js";
import { ItemType } from "../../../src/migration/wire/constants.js";
import { writeRamBlockList } from "../../../src/migration/wire/ram-block-list.js";
import { RamRecordWriter } from "../../../src/migration/wire/ram-record-writer.js";
import type { RamSink } from "../../../src/migration/wire/ram-sink.js";
import { writeFooter, writeSectionHead } from "../../../src/migration/wire/section-head.js";
import { writeStreamHeader } from "../../../src/migration/wire/stream-header.js";
import type { RamBlockInfo, StreamItem } from "../../../src/migration/wire/stream-item.js";
import type { VmDescription } from "../../../src/migration/wire/vm-description.js";
import { writeVmDescription } from "../../../src/migration/wire/vm-description-item.js";
import { walk } from "./walk.js";

/** Reads a stream and writes it anew from nothing but what the reader told. */
export function rewrite(bytes: Uint8Array, description?: VmDescription): Uint8Array {
  const writer = new ByteWriter("big", bytes.length);
  const records = new RamRecordWriter(writer);
  let blocks: RamBlockInfo[] = [];
  const ram: RamSink = {
    block: (block) => blocks.push(block),
    page: (block, address, page) => records.page(block.name, address, page),
    zero: (block, address, fill) => records.zero(block.name, address, fill),
    xbzrle: (block, address, encoded) => records.xbzrle(block.name, address, encoded),
    flush: () => {
      writeBlocks();
      records.flush();
    },
  };
  // The list begins with its total, so it is written when it is over.
  const writeBlocks = () => {
    if (blocks.length > 0) writeRamBlockList(writer, blocks);
    blocks = [];
  };
  writeStreamHeader(writer);
  const observer = {
    section: (head: Parameters<typeof writeSectionHead>[1]) => writeSectionHead(writer, head),
  };
  const written = (item: StreamItem) => {
    writeBlocks();
    writeRest(writer, records, item);
  };
  walk(
    bytes,
    { ...(description && { description }), ram, observer, keepData: true },
    65536,
    written,
  );
  return writer.take();
}

/** What of an item is not written yet when it is whole. */
function writeRest(writer: ByteWriter, records: RamRecordWriter, item: StreamItem): void {
  switch (item.type) {
    case "configuration":
      writeConfiguration(writer, item);
      break;
    case "command":
      writeCommand(writer, item.command);
      break;
    case "eof":
      writer.u8(ItemType.eof);
      break;
    case "vm-description":
      writeVmDescription(writer, item.json);
      break;
    default:
      if (item.data) writer.bytes(item.data);
      else records.endOfSection();
      writeFooter(writer, item.sectionId);
  }
}
