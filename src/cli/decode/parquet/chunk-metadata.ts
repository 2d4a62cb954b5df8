import type { ParquetWriter } from "hyparquet-writer";
import type { TableColumn } from "../record-table.js";
import type { Bounds, PageEncoding } from "./column-values.js";
import { parquetType } from "./schema.js";

/** What a file's end tells of a column of a row group. */
export type ChunkMetadata = ParquetWriter["row_groups"][number]["columns"][number];

/** A chunk that was written, in few bytes: a file may have many. */
export interface WrittenChunk {
  readonly rows: number;
  readonly nulls: number;
  /** Pages of values by their encoding, in the order in which these come. */
  readonly pages: readonly { readonly encoding: PageEncoding; readonly count: number }[];
  readonly bounds: Bounds;
  /** Bytes of all its pages and their heads before they were compressed. */
  readonly uncompressed: number;
  /** Where it begins in its row group, its pages of values begin, and it ends. */
  readonly from: number;
  readonly pagesAt: number;
  readonly end: number;
}

/** The same in the library's terms; `groupAt` is where the row group begins in the file. */
export function chunkMetadata(
  chunk: WrittenChunk,
  { name, kind }: TableColumn,
  groupAt: number,
): ChunkMetadata {
  const { rows, nulls, pages, bounds, uncompressed, from, pagesAt, end } = chunk;
  const hasDictionary = pagesAt > from;
  return {
    file_offset: BigInt(groupAt + from),
    meta_data: {
      type: parquetType(kind).type,
      encodings: [
        ...new Set([
          ...(hasDictionary ? (["PLAIN"] as const) : []),
          ...pages.map(({ encoding }) => encoding),
        ]),
      ],
      path_in_schema: [name],
      codec: "SNAPPY",
      num_values: BigInt(rows),
      total_uncompressed_size: BigInt(uncompressed),
      total_compressed_size: BigInt(end - from),
      data_page_offset: BigInt(groupAt + pagesAt),
      ...(hasDictionary && { dictionary_page_offset: BigInt(groupAt + from) }),
      statistics: { ...bounds, null_count: BigInt(nulls) },
      encoding_stats: [
        ...(hasDictionary
          ? [{ page_type: "DICTIONARY_PAGE", encoding: "PLAIN", count: 1 } as const]
          : []),
        ...pages.map((some) => ({ page_type: "DATA_PAGE_V2" as const, ...some })),
      ],
    },
  };
}
