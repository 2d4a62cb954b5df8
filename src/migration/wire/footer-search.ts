import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { ready, type Steps } from "../../bytes/steps.js";
import { FOOTER_SIZE, ItemType } from "./constants.js";
import { itemHeadAt, LONGEST_HEAD } from "./item-head.js";
import type { SectionHead } from "./stream-item.js";

/** What is known of the stream where a footer is looked for. */
export interface FooterSearchContext {
  /** The sections that began with START, by id. */
  readonly started: ReadonlyMap<number, SectionHead>;
  /** Absolute offset behind the last byte of the package around, within PACKAGED. */
  readonly packageEnd: number | undefined;
}

/** How sure it is that an item stands somewhere; of several places the surest is taken. */
const Verdict = {
  /** There is no item. */
  impossible: 0,
  /** There is a section's head, but no end of that section: unless the stream is cut, it is none. */
  endless: 1,
  /** What was looked at does not tell. */
  undecided: 2,
  /** Items follow each other there. */
  certain: 3,
} as const;
type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** So many items in a row are no accident. */
const ITEMS_AHEAD = 3;

/** How far the end of a section that is looked at ahead may be; and how far a surer place is sought. */
const HORIZON = 1024 * 1024;

/** No section that nothing describes is longer: all of it is held until its end is found. */
const MAX_LENGTH = 64 * 1024 * 1024;

/** Bytes that may be looked at ahead, at first and for each byte of a section that was found. */
const FREE = 16 * 1024 * 1024;
const EARNED = 4;

/** What a look at a place counts beside the bytes that are searched. */
const LOOK = 64;

/**
 * Finds the ends of sections that nothing describes, by their footers. One for a stream, as the time
 * that is spent on looking ahead is limited by its length: after that, the first place is taken at
 * which an item's head stands.
 */
export class FooterSearch {
  #allowance = FREE;

  /**
   * The length of a section's data, which stays in the window: up to the footer with its id behind
   * which items follow each other. Where none of the places is certain, it is the surest one.
   */
  *find(window: ByteWindow, sectionId: number, context: FooterSearchContext): Steps<never, number> {
    let best: { readonly at: number; readonly verdict: Verdict } | undefined;
    const limit = Math.min(MAX_LENGTH, packageLeft(window, context));
    for (let at = 0; ; at += 1) {
      const end: number = best ? Math.min(limit, best.at + HORIZON) : limit;
      at = yield* nextFooter(window, at, end, sectionId);
      if (at < 0) break;
      const verdict = yield* this.#follows(window, at + FOOTER_SIZE, context, ITEMS_AHEAD);
      if (verdict > (best?.verdict ?? Verdict.impossible)) best = { at, verdict };
      if (best && (verdict === Verdict.certain || this.#allowance <= 0)) break;
    }
    if (!best) throw noFooter(window, sectionId, limit);
    this.#allowance += EARNED * best.at;
    return best.at;
  }

  /** Whether items stand there, one behind the other. */
  *#follows(
    window: ByteWindow,
    at: number,
    context: FooterSearchContext,
    items: number,
  ): Steps<never, Verdict> {
    if (items === 0) return Verdict.certain;
    const left = packageLeft(window, context) - at;
    if (left <= 0) return left === 0 ? Verdict.certain : Verdict.impossible;
    yield* ready(window, at + LONGEST_HEAD);
    const head = itemHeadAt(window, at, context.started);
    this.#allowance -= LOOK;
    switch (head.kind) {
      case "none":
        return Verdict.impossible;
      case "cut":
        return Verdict.endless;
      case "end":
        return Verdict.certain;
      case "command":
        return yield* this.#follows(window, head.next, context, items - 1);
      case "section":
        return yield* this.#ends(window, head.data, head.sectionId, context, items - 1);
    }
  }

  /** Whether a section whose data begins there has an end, behind which items stand. */
  *#ends(
    window: ByteWindow,
    data: number,
    sectionId: number,
    context: FooterSearchContext,
    items: number,
  ): Steps<never, Verdict> {
    let best: Verdict = Verdict.endless;
    const limit = Math.min(data + HORIZON, packageLeft(window, context));
    for (let at = data; best < Verdict.certain; ) {
      if (this.#allowance <= 0) return Verdict.undecided;
      const from = at;
      at = yield* nextFooter(window, from, limit, sectionId);
      this.#allowance -= (at < 0 ? Math.min(limit, window.available) : at) - from;
      if (at < 0) {
        const isBeyond = limit === data + HORIZON && window.available >= limit;
        return isBeyond ? larger(best, Verdict.undecided) : best;
      }
      const verdict = yield* this.#follows(window, at + FOOTER_SIZE, context, items);
      best = larger(best, verdict);
      at += 1;
    }
    return best;
  }
}

function larger(a: Verdict, b: Verdict): Verdict {
  return a > b ? a : b;
}

function packageLeft(window: ByteWindow, { packageEnd }: FooterSearchContext): number {
  return packageEnd === undefined ? Number.POSITIVE_INFINITY : packageEnd - window.offset;
}

/** Where the next whole footer with the id stands before `limit`; -1 if none does. */
function* nextFooter(
  window: ByteWindow,
  from: number,
  limit: number,
  sectionId: number,
): Steps<never, number> {
  for (let at = from; ; ) {
    const whole = yield* ready(window, Math.min(at + FOOTER_SIZE, limit));
    const end = Math.min(window.available, limit);
    const bytes = window.peekBytes(end);
    for (;;) {
      at = bytes.indexOf(ItemType.sectionFooter, at);
      if (at < 0 || at + FOOTER_SIZE > end) break;
      if (window.peekU32(at + 1) === sectionId) return at;
      at += 1;
    }
    if (end >= limit || !whole || window.ended) return -1;
    // A footer may begin in the last bytes.
    at = at < 0 ? end : at;
  }
}

function noFooter(window: ByteWindow, sectionId: number, limit: number): DecodeError {
  if (window.available >= limit) {
    return new DecodeError(`no footer of section ${sectionId} in ${limit} bytes`, window.offset);
  }
  const end = window.offset + window.available;
  return new DecodeError(`cut short: no footer of section ${sectionId}`, end);
}
