/** Parquet files of random columns, read back by a library. */

import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { ParquetColumn } from "../../../src/cli/decode/parquet/column.js";
import { ParquetFile } from "../../../src/cli/decode/parquet/file.js";
import { takeRowGroup } from "../../../src/cli/decode/parquet/row-group.js";
import type { ColumnKind, TableColumn } from "../../../src/cli/decode/record-table.js";
import type { PrintfValue } from "../../../src/printf/piece.js";
import { pick, type Random, seededRandom } from "../../support/random.js";

const kinds: readonly ColumnKind[] = [
  ...(["bool", "text", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"] as const),
];
const texts = ["", "ram", "a\0b", "é", "\ud83d\ude00", "x".repeat(3000)];

/** A value of a kind: an end of its range, a small one, or any. */
function randomValue(random: Random, kind: ColumnKind): PrintfValue {
  if (kind === "bool") return random(2) === 1;
  if (kind === "text") return random(3) > 0 ? pick(random, texts) : `text ${random(1 << 20)}`;
  const bits = BigInt(kind.slice(1));
  const least = kind.startsWith("i") ? -(1n << (bits - 1n)) : 0n;
  const any = BigInt(random(2 ** 32)) * 2n ** 32n + BigInt(random(2 ** 32));
  const offset = pick(random, [0n, (1n << bits) - 1n, 1n, BigInt.asUintN(Number(bits), any)]);
  return bits === 64n ? least + offset : Number(least + offset);
}

async function written(rows: readonly (readonly PrintfValue[])[], group: number): Promise<Buffer> {
  const pieces: (string | Uint8Array)[] = [];
  const columns: readonly TableColumn[] = kinds.map((kind) => ({ name: kind, kind }));
  const own = columns.map((column) => new ParquetColumn(column));
  const put = async (piece: string | Uint8Array) => void pieces.push(piece);
  const file = new ParquetFile(columns, () => "monotonic", put);
  for (let from = 0; from < rows.length; from += group) {
    for (const row of rows.slice(from, from + group))
      for (const [index, column] of own.entries()) column.add(row[index]!);
    await file.append(takeRowGroup(own)!);
  }
  expect(takeRowGroup(own)).toBeUndefined();
  await file.end();
  return Buffer.concat(pieces as Uint8Array[]);
}

async function readBack(bytes: Buffer): Promise<unknown[][]> {
  const { buffer, byteOffset, length } = bytes;
  const file = {
    byteLength: length,
    slice: async (from: number, to = length) =>
      buffer.slice(byteOffset + from, byteOffset + to) as ArrayBuffer,
  };
  const rows = await parquetReadObjects({ file });
  return rows.map((row) => kinds.map((kind) => row[kind] ?? null));
}

test.each([
  ["one row", 1, 10],
  ["pages of many rows in one group", 40_000, 100_000],
  ["several groups", 5000, 1700],
  ["no row", 0, 10],
])("%s", async (_, count, group) => {
  const random = seededRandom(count);
  const rows = Array.from({ length: count }, () =>
    kinds.map((kind) => (random(10) === 0 ? null : randomValue(random, kind))),
  );
  const read = await readBack(await written(rows, group));
  expect(read).toHaveLength(count);
  // Compared one by one: to print a difference of all takes minutes.
  for (const [index, row] of rows.entries()) expect([index, read[index]]).toEqual([index, row]);
});

test("columns of nulls, or of one value", async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) =>
    kinds.map((kind) =>
      index < 10_000
        ? null
        : kind === "bool"
          ? true
          : kind === "text"
            ? ""
            : kind.endsWith("64")
              ? 0n
              : 0,
    ),
  );
  for (const count of [100, 10_001, 20_000])
    expect(await readBack(await written(rows.slice(0, count), 1 << 17))).toEqual(
      rows.slice(0, count),
    );
});

test("a dictionary that becomes large in the midst of a page, and small again in the next group", async () => {
  const rows = Array.from({ length: 60_000 }, (_, index) =>
    kinds.map((kind) => {
      const distinct = index < 50_000 ? index : index % 7;
      if (index % 11 === 0) return null;
      if (kind === "bool") return index % 3 === 0;
      if (kind === "text") return `text ${distinct}`;
      return kind.endsWith("64") ? BigInt(distinct) : distinct % 100;
    }),
  );
  for (const kind of ["i32", "u32"] as const) {
    const column = kinds.indexOf(kind);
    for (const [index, row] of rows.entries()) if (row[column] !== null) row[column] = index * 7;
  }
  const bytes = await written(rows, 50_000);
  const read = await readBack(bytes);
  for (const [index, row] of rows.entries()) expect([index, read[index]]).toEqual([index, row]);
  const { buffer, byteOffset, length } = bytes;
  const { row_groups } = parquetMetadata(
    buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer,
  );
  const told = (group: number, kind: ColumnKind) =>
    row_groups[group]!.columns[kinds.indexOf(kind)]!.meta_data!;
  expect(told(0, "text").encodings).toEqual(["PLAIN", "RLE_DICTIONARY"]);
  expect(told(0, "u32").encoding_stats!.map(({ encoding }) => encoding)).toEqual([
    "PLAIN",
    "RLE_DICTIONARY",
    "PLAIN",
  ]);
  expect(told(0, "u32").statistics).toMatchObject({ min_value: 7, max_value: 7 * 49_999 });
  expect(told(1, "text").encoding_stats).toHaveLength(2);
});
