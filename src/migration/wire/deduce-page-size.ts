import type { ByteWindow } from "../../bytes/byte-window.js";
import { ready, type Steps } from "../../bytes/steps.js";
import { DEFAULT_PAGE_SIZE, RAM_FLAG_MASK, RamFlag } from "./constants.js";

/** Sizes of a target's pages, the most frequent first; Arm's oldest machines have 1 KiB. */
const SIZES = [DEFAULT_PAGE_SIZE, 1024, 8192, 16384, 65536, 2048, 32768];

/** Bytes of a zero page's record: its head, and the byte that the page is full of. */
const ZERO_RECORD = 9;

/** So many zero pages in a row tell that pages are larger than the usual ones. */
const ZERO_RUN = 16;

/**
 * The size of a page by a record and the one that follows it: the source goes through a block page by
 * page, so the addresses differ by it. What comes next in the window is the record's body: a fill
 * byte of a zero page, else the page. `undefined` where nothing tells it.
 *
 * Where pages between two zero ones go by multifd's channels, or later as they have to be compressed
 * first, the addresses differ by more: two zero pages tell no larger size, a row of them does.
 */
export function* deducePageSize(
  window: ByteWindow,
  address: number,
  isZero: boolean,
): Steps<never, number | undefined> {
  for (const size of SIZES) {
    const followed = isZero
      ? yield* isZeroRun(window, address, size)
      : yield* isNextPageAt(window, size, address + size);
    if (followed) return size;
  }
  return undefined;
}

function* isZeroRun(window: ByteWindow, address: number, size: number): Steps<never, boolean> {
  const pages = size > DEFAULT_PAGE_SIZE ? ZERO_RUN : 1;
  for (let page = 1; page <= pages; page += 1) {
    const at = 1 + (page - 1) * ZERO_RECORD;
    if (!(yield* isNextPageAt(window, at, address + page * size, pages > 1))) return false;
  }
  return true;
}

/** Whether a record of the page at `address` is to come in the window at `at`. */
function* isNextPageAt(
  window: ByteWindow,
  at: number,
  address: number,
  zeroOnly = false,
): Steps<never, boolean> {
  if (!(yield* ready(window, at + 8))) return false;
  const low = window.peekU32(at + 4);
  const flags = low & RAM_FLAG_MASK;
  const isPage = !zeroOnly && flags === (RamFlag.page | RamFlag.continue);
  if (!isPage && flags !== (RamFlag.zero | RamFlag.continue)) return false;
  return window.peekU32(at) * 0x1_0000_0000 + (low - flags) === address;
}
