/** Pages of a column chunk, compressed; each is behind a head. */

import { ByteWriter } from "hyparquet-writer";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import type { ColumnValues } from "./column-values.js";

/** Values of consecutive rows. */
export interface Page {
  readonly encoding: ColumnValues["encoding"];
  /** The values that are there, encoded. */
  readonly values: Uint8Array;
  /** For each row, 1 where a value is there. */
  readonly present: Uint8Array;
  readonly nulls: number;
}

/** Writes a page, and gives how many bytes it would take if it were not compressed. */
export function writePage(writer: ByteWriter, page: Page): number {
  const { encoding, values, present, nulls } = page;
  const levels = new ByteWriter();
  writeRleBitPackedHybrid(levels, present, 1);
  const compressed = snappyCompress(values);
  const size = levels.offset + values.length;
  const head = writeHead(writer, {
    type: "DATA_PAGE_V2",
    uncompressed_page_size: size,
    compressed_page_size: levels.offset + compressed.length,
    data_page_header_v2: {
      num_values: present.length,
      num_nulls: nulls,
      num_rows: present.length,
      encoding,
      definition_levels_byte_length: levels.offset,
      repetition_levels_byte_length: 0,
      is_compressed: true,
    },
  });
  writer.appendBytes(levels.getBytes());
  writer.appendBytes(compressed);
  return head + size;
}

/** Writes the page that indexes point into, and gives its size as `writePage` does. */
export function writeDictionaryPage(
  writer: ByteWriter,
  { length, bytes }: { readonly length: number; readonly bytes: Uint8Array },
): number {
  const compressed = snappyCompress(bytes);
  const head = writeHead(writer, {
    type: "DICTIONARY_PAGE",
    uncompressed_page_size: bytes.length,
    compressed_page_size: compressed.length,
    dictionary_page_header: { num_values: length, encoding: "PLAIN" },
  });
  writer.appendBytes(compressed);
  return head + bytes.length;
}

function writeHead(writer: ByteWriter, head: Parameters<typeof writePageHeader>[1]): number {
  const from = writer.offset;
  writePageHeader(writer, head);
  return writer.offset - from;
}
