import { decodeUtf8 } from "../../../bytes/utf8.js";
import type { PrintfValue } from "../../../printf/piece.js";
import { ByteOutput } from "../../../traces/print/byte-output.js";
import type { ColumnKind, Row, TableColumn } from "../record-table.js";
import type { ParquetColumn } from "./column.js";

/** Rows are held in pieces of about so many bytes: one that grows further would be copied often. */
const PIECE = 1 << 16;

/**
 * Rows of a table that wait for their columns, as bytes: for each value whether it is there, then the
 * value. So thousands of tables wait in no more than what they hold.
 */
export class HeldRows {
  readonly #cells: readonly Cell[];
  #full: Uint8Array[] = [];
  #output = new ByteOutput();
  #size = 0;

  constructor(columns: readonly TableColumn[]) {
    this.#cells = columns.map(({ kind }) => cells[kind]);
  }

  /** How many bytes wait. */
  get size(): number {
    return this.#size + this.#output.length;
  }

  add(row: Row): void {
    const output = this.#output;
    for (let index = 0; index < this.#cells.length; index++) {
      const value = row[index] ?? null;
      output.reserve(CELL);
      output.bytes[output.length++] = value === null ? 0 : 1;
      if (value !== null) this.#cells[index]!.write(output, value);
    }
    if (output.length < PIECE) return;
    this.#size += output.length;
    this.#full.push(output.take());
  }

  /** Puts the rows that wait into columns, and calls `behind` after each piece of them. */
  async take(columns: readonly ParquetColumn[], behind: () => Promise<void>): Promise<void> {
    const { bytes, length } = this.#output;
    const pieces = [...this.#full, bytes.subarray(0, length)];
    this.#full = [];
    this.#output = new ByteOutput();
    this.#size = 0;
    for (const piece of pieces) {
      this.#put(piece, columns);
      await behind();
    }
  }

  #put(piece: Uint8Array, columns: readonly ParquetColumn[]): void {
    const input = new CellInput(piece);
    while (input.at < piece.length) {
      for (let index = 0; index < columns.length; index++) {
        const isThere = piece[input.at++] === 1;
        columns[index]!.add(isThere ? this.#cells[index]!.read(input) : null);
      }
    }
  }
}

/** What a value that is no text takes at most, with the byte before it. */
const CELL = 9;

class CellInput {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Moves behind so many bytes, and gives where they began. */
  skip(bytes: number): number {
    const from = this.at;
    this.at += bytes;
    return from;
  }
}

/** How a value of a kind is held. */
interface Cell {
  readonly write: (output: ByteOutput, value: NonNullable<PrintfValue>) => void;
  readonly read: (input: CellInput) => PrintfValue;
}

const bool: Cell = {
  write(output, value) {
    output.bytes[output.length++] = value ? 1 : 0;
  },
  read: (input) => input.bytes[input.skip(1)] === 1,
};

const text: Cell = {
  write(output, value) {
    const from = output.length;
    output.length += 4;
    output.text(String(value));
    output.view.setUint32(from, output.length - from - 4);
  },
  read(input) {
    const length = input.view.getUint32(input.skip(4));
    const from = input.skip(length);
    return decodeUtf8(input.bytes.subarray(from, input.at));
  },
};

function integer(read: Cell["read"]): Cell {
  return {
    write(output, value) {
      output.view.setInt32(output.length, Number(value));
      output.length += 4;
    },
    read,
  };
}

function word(read: Cell["read"]): Cell {
  return {
    write(output, value) {
      output.view.setBigInt64(output.length, BigInt(value));
      output.length += 8;
    },
    read,
  };
}

const signed = integer((input) => input.view.getInt32(input.skip(4)));
const unsigned = integer((input) => input.view.getUint32(input.skip(4)));

const cells: Readonly<Record<ColumnKind, Cell>> = {
  ...{ bool, text },
  ...{ i8: signed, i16: signed, i32: signed },
  ...{ u8: unsigned, u16: unsigned, u32: unsigned },
  i64: word((input) => input.view.getBigInt64(input.skip(8))),
  u64: word((input) => input.view.getBigUint64(input.skip(8))),
};
