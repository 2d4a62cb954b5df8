import { setTimeout as delay } from "node:timers/promises";
import { readText } from "../files.js";
import { Failure, type Io } from "../io.js";

/** Bytes that are sent at once when a rate is kept: ten times a second at least one piece. */
const MAX_PIECE = 64 * 1024;

/** Keeps several channels to one rate. */
export class RateKeeper {
  readonly #rate: number;
  #free = performance.now();

  /** `rate` in bytes a second. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** The size that pieces should have. */
  get piece(): number {
    return Math.max(1, Math.min(MAX_PIECE, Math.round(this.#rate / 10)));
  }

  /** Waits until so many bytes may go. */
  async take(bytes: number): Promise<void> {
    const now = performance.now();
    const begin = Math.max(now, this.#free);
    this.#free = begin + (1000 * bytes) / this.#rate;
    if (begin > now) await delay(begin - now);
  }
}

/** A place in a channel and when it is due, in milliseconds from the start. */
export interface Cue {
  readonly offset: number;
  readonly at: number;
}

/** The cues of a channel as recorded, `zero` being the time from which they count (nanoseconds). */
export async function recordedCues(file: string, zero: bigint, io: Io): Promise<Cue[]> {
  return (await readTimes(file, io)).map(([offset, at]) => ({
    offset,
    at: Number(at - zero) / 1e6,
  }));
}

/** When a channel's first byte passed, in nanoseconds. */
export async function recordedStart(file: string, io: Io): Promise<bigint | undefined> {
  return (await readTimes(file, io))[0]?.[1];
}

async function readTimes(file: string, io: Io): Promise<[number, bigint][]> {
  const lines = (await readText(file, io)).split("\n").filter((line) => line !== "");
  return lines.map((line, index) => {
    const [, offset, at] = /^(\d+) (\d+)$/.exec(line) ?? [];
    if (at === undefined) throw new Failure(`${file}:${index + 1}: not OFFSET NANOSECONDS`);
    return [Number(offset), BigInt(at)];
  });
}

/** A file's bytes in pieces that end where a cue begins, each given when it is due. */
export async function* cued(
  chunks: AsyncIterable<Uint8Array>,
  cues: readonly Cue[],
  begin: number,
): AsyncGenerator<Uint8Array, void, void> {
  let offset = 0;
  let next = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      while (next < cues.length && cues[next]!.offset <= offset) {
        const wait = begin + cues[next]!.at - performance.now();
        if (wait > 0) await delay(wait);
        next += 1;
      }
      const room = next < cues.length ? cues[next]!.offset - offset : Number.POSITIVE_INFINITY;
      const piece = chunk.subarray(at, at + room);
      yield piece;
      at += piece.length;
      offset += piece.length;
    }
  }
}

/** A file's bytes, no faster than a rate. */
export async function* rated(
  chunks: AsyncIterable<Uint8Array>,
  keeper: RateKeeper,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += keeper.piece) {
      const piece = chunk.subarray(at, at + keeper.piece);
      await keeper.take(piece.length);
      yield piece;
    }
  }
}

/** A file's bytes, `length` in all, of which the last waits. */
export async function* holdingLast(
  chunks: AsyncIterable<Uint8Array>,
  length: number,
  wait: () => Promise<void>,
): AsyncGenerator<Uint8Array, void, void> {
  let left = length;
  for await (const chunk of chunks) {
    left -= chunk.length;
    if (left > 0) {
      yield chunk;
      continue;
    }
    yield chunk.subarray(0, -1);
    await wait();
    yield chunk.subarray(-1);
  }
}

/** A file's bytes, with a rest behind each of these offsets. */
export async function* stepped(
  chunks: AsyncIterable<Uint8Array>,
  ends: readonly number[],
  rest: number,
): AsyncGenerator<Uint8Array, void, void> {
  const cues = ends.map((offset) => ({ offset, at: Number.NEGATIVE_INFINITY }));
  let sent = 0;
  let next = 0;
  for await (const piece of cued(chunks, cues, 0)) {
    while (next < ends.length && ends[next]! <= sent) {
      await delay(rest);
      next += 1;
    }
    yield piece;
    sent += piece.length;
  }
}
