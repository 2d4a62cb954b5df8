/** Pages of a column chunk, compressed; each is behind a head. */

import { ByteWriter } from "hyparquet-writer";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import { joinBytes } from "../../../bytes/join-bytes.js";
import type { ColumnValues } from "./column-values.js";

/** Rows of a page at most. */
export const PAGE_ROWS = 1 << 14;

/** Values of consecutive rows. */
export interface Page {
  readonly encoding: ColumnValues["encoding"];
  /** The values that are there, encoded. */
  readonly values: Uint8Array;
  /** For each row, 1 where a value is there. */
  readonly present: Uint8Array;
  readonly nulls: number;
}

/** Bytes with a buffer of their own. */
export type OwnBytes = Uint8Array<ArrayBuffer>;

/** A page as it stands in a file, and how many bytes it would take if it were not compressed. */
export interface PackedPage {
  readonly bytes: OwnBytes;
  readonly uncompressed: number;
}

/** A page of values. */
export function dataPage({ encoding, values, present, nulls }: Page): PackedPage {
  const levels = new ByteWriter();
  writeRleBitPackedHybrid(levels, present, 1);
  const compressed = snappyCompress(values);
  return pack(
    {
      type: "DATA_PAGE_V2",
      uncompressed_page_size: levels.offset + values.length,
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
    },
    levels.getBytes(),
    compressed,
  );
}

/** The page that indexes point into. */
export function dictionaryPage({
  length,
  bytes,
}: {
  readonly length: number;
  readonly bytes: Uint8Array;
}): PackedPage {
  const compressed = snappyCompress(bytes);
  return pack(
    {
      type: "DICTIONARY_PAGE",
      uncompressed_page_size: bytes.length,
      compressed_page_size: compressed.length,
      dictionary_page_header: { num_values: length, encoding: "PLAIN" },
    },
    compressed,
  );
}

type PageHead = Parameters<typeof writePageHeader>[1];

function pack(head: PageHead, ...body: readonly Uint8Array[]): PackedPage {
  const writer = new ByteWriter(64);
  writePageHeader(writer, head);
  return {
    bytes: joinBytes([writer.getBytes(), ...body]),
    uncompressed: writer.offset + head.uncompressed_page_size,
  };
}
