import { pick, type Random } from "../support/random.js";

/** A small valid input. */
export interface Seed {
  readonly bytes: Uint8Array;
  /** Offsets where its structures start: faults near them matter most. */
  readonly marks?: readonly number[];
}

/** How many bytes an operator copies, removes or inserts at most. */
const MAX_RANGE = 2048;

/** Changes a copy of a seed by one to six operators; `others` are what ranges are spliced from. */
export function mutateBytes(
  random: Random,
  { bytes: seed, marks = [] }: Seed,
  others: readonly Seed[],
): Uint8Array {
  // A copy, and no Buffer, whose `slice` gives views: nothing may change the seed.
  let bytes: Uint8Array = new Uint8Array(seed);
  for (let left = pick(random, [1, 1, 1, 2, 3, 6]); left > 0; left -= 1) {
    const place = placeIn(random, bytes.length, marks);
    bytes = pick(random, operators)({ random, bytes, place, others });
  }
  return bytes;
}

interface Operation {
  readonly random: Random;
  readonly bytes: Uint8Array;
  readonly place: number;
  readonly others: readonly Seed[];
}

/** Gives changed bytes; never changes those that it is given. */
type Operator = (operation: Operation) => Uint8Array;

const flipBit: Operator = ({ random, bytes, place }) =>
  changed(bytes, place, Uint8Array.of((bytes[place] ?? 0) ^ (1 << random(8))));

const setByte: Operator = ({ random, bytes, place }) =>
  changed(bytes, place, Uint8Array.of(pick(random, [0, 0xff, 0x80, 0x7f, random(256)])));

/** An integer at its extremes, next to its value, or at what it could be a length of. */
const setInteger: Operator = ({ random, bytes, place }) => {
  const width = pick(random, [1, 2, 4, 8]);
  if (place + width > bytes.length) return bytes;
  const bits = 8 * width;
  const field = bytes.slice(place, place + width);
  const little = random(4) === 0;
  if (little) field.reverse();
  const value = field.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const all = (1n << BigInt(bits)) - 1n;
  const next = pick(random, [
    0n,
    1n,
    all,
    all >> 1n,
    (all >> 1n) + 1n,
    value + 1n,
    value - 1n,
    value << 1n,
    BigInt(bytes.length),
    BigInt(bytes.length - place),
    1n << BigInt(random(bits)),
    (1n << 53n) - 1n,
  ]);
  let rest = BigInt.asUintN(bits, next);
  for (let at = width - 1; at >= 0; at -= 1, rest >>= 8n) field[at] = Number(rest & 0xffn);
  return changed(bytes, place, little ? field.reverse() : field);
};

const cut: Operator = ({ bytes, place }) => bytes.slice(0, place);

const remove: Operator = ({ random, bytes, place }) =>
  replaced(bytes, place, rangeLength(random), new Uint8Array(0));

const duplicate: Operator = ({ random, bytes, place }) =>
  replaced(bytes, place, 0, bytes.subarray(place, place + rangeLength(random)));

const insert: Operator = ({ random, bytes, place }) => {
  const fill = pick(random, [0, 0xff, -1]);
  const put = Uint8Array.from({ length: rangeLength(random) }, () =>
    fill < 0 ? random(256) : fill,
  );
  return replaced(bytes, place, 0, put);
};

/** Exchanges two ranges that follow each other. */
const swap: Operator = ({ random, bytes, place }) => {
  const middle = place + rangeLength(random);
  const end = middle + rangeLength(random);
  const both = [...bytes.subarray(middle, end), ...bytes.subarray(place, middle)];
  return replaced(bytes, place, end - place, Uint8Array.from(both));
};

/** A range of this seed or of another one over what is here, or between it. */
const splice: Operator = ({ random, bytes, place, others }) => {
  const from = pick(random, [bytes, ...others.map((seed) => seed.bytes)]);
  const at = random(from.length + 1);
  const put = from.subarray(at, at + rangeLength(random));
  return replaced(bytes, place, random(2) === 0 ? put.length : 0, put);
};

/** Digits in text, as JSON and logs have them. */
const setDecimal: Operator = ({ random, bytes, place }) => {
  let start = place;
  while (start < bytes.length && !isDigit(bytes[start]!)) start += 1;
  if (start - place > MAX_RANGE || start === bytes.length) return bytes;
  let end = start;
  while (end < bytes.length && isDigit(bytes[end]!)) end += 1;
  return replaced(bytes, start, end - start, new TextEncoder().encode(pick(random, DECIMALS)));
};

const DECIMALS = (
  "0 -1 1 255 256 65536 2147483647 2147483648 4294967295 4294967296 9007199254740991 " +
  "9007199254740993 18446744073709551615 99999999999999999999999 1e308 1.5 null"
).split(" ");

const operators: readonly Operator[] = [
  ...[flipBit, flipBit, setByte, setByte, setInteger, setInteger, setInteger, setInteger],
  ...[cut, remove, duplicate, insert, swap, splice, setDecimal],
];

/** Anywhere, near the start, or near a mark. */
function placeIn(random: Random, length: number, marks: readonly number[]): number {
  const near = (place: number) => Math.min(length, Math.max(0, place - 8 + random(48)));
  switch (random(3)) {
    case 0:
      return Math.min(length, random(128));
    case 1:
      if (marks.length > 0) return near(pick(random, marks));
  }
  return random(length + 1);
}

/** Mostly a few bytes. */
function rangeLength(random: Random): number {
  return 1 + random(pick(random, [4, 16, 64, 256, MAX_RANGE]));
}

function changed(bytes: Uint8Array, at: number, put: Uint8Array): Uint8Array {
  return replaced(bytes, at, put.length, put);
}

function replaced(bytes: Uint8Array, at: number, length: number, put: Uint8Array): Uint8Array {
  const end = Math.min(bytes.length, at + length);
  const made = new Uint8Array(at + put.length + bytes.length - end);
  made.set(bytes.subarray(0, at));
  made.set(put, at);
  made.set(bytes.subarray(end), at + put.length);
  return made;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
