import { inspect, isDeepStrictEqual } from "node:util";
import type { DecodeError } from "../../src/migration/index.js";
import type { Random } from "../support/random.js";
import { inChunks } from "./chunks.js";
import { BrokenPromise, decodeErrorOf } from "./fuzz-reader.js";

/** A reader that is fed: those of streams, channels and traces alike. */
export interface PushReader<T> {
  append(chunk: Uint8Array): void;
  end(): void;
  next(): T | undefined;
  readonly done: boolean;
}

/** What was read, and the error that ended it. */
export interface Reading<T> {
  readonly values: readonly T[];
  readonly error: DecodeError | undefined;
}

/** Feeds a reader, and checks that nothing comes after an error. */
export function readAll<T>(reader: PushReader<T>, chunks: Iterable<Uint8Array>): Reading<T> {
  const values: T[] = [];
  const take = () => {
    for (let value = reader.next(); value !== undefined; value = reader.next()) values.push(value);
  };
  const error = decodeErrorOf(() => {
    for (const chunk of chunks) {
      reader.append(chunk);
      take();
    }
    reader.end();
    take();
  });
  if (error) expectSilence(reader);
  return { values, error };
}

function expectSilence(reader: PushReader<unknown>): void {
  if (!reader.done) throw new BrokenPromise("a reader that has thrown is not done");
  reader.append(new Uint8Array(64));
  reader.end();
  if (reader.next() !== undefined) throw new BrokenPromise("a value after an error");
}

/**
 * Reads bytes at once and in chunks, each time by a new reader, which must come to the same. `seen`
 * gives what else of a reading is to be compared, such as what a sink was given.
 */
export function readBothWays<T>(
  random: Random,
  bytes: Uint8Array,
  open: () => { readonly reader: PushReader<T>; readonly seen?: () => unknown },
): Reading<T> {
  const [first, second] = [open(), open()];
  const whole = readAll(first.reader, [bytes]);
  const parts = readAll(second.reader, inChunks(random, bytes));
  expectSame("error", whole.error?.message, parts.error?.message);
  expectSame("values", whole.values, parts.values);
  expectSame("side effects", first.seen?.(), second.seen?.());
  return whole;
}

/** Throws where two values differ. */
export function expectSame(what: string, a: unknown, b: unknown): void {
  if (isDeepStrictEqual(a, b)) return;
  throw new BrokenPromise(`other ${what} in chunks than at once:\n${differenceOf(a, b)}`);
}

/** The first elements that differ, of lists; else both values. */
function differenceOf(a: unknown, b: unknown): string {
  if (Array.isArray(a) && Array.isArray(b)) {
    const at = a.findIndex((value, index) => !isDeepStrictEqual(value, b[index]));
    if (at >= 0) return `element ${at}: ${differenceOf(a[at], b[at])}`;
    return `${b.length} elements instead of ${a.length}`;
  }
  return `${inspect(b)}\ninstead of ${inspect(a)}`;
}
