import type { ByteWindow } from "../../bytes/byte-window.js";
import { ready, type Steps } from "../../bytes/steps.js";
import { DEFAULT_PAGE_SIZE, RAM_FLAG_MASK, RamFlag } from "./constants.js";

/** Sizes of a target's pages, the most frequent first; Arm's oldest machines have 1 KiB. */
const SIZES = [DEFAULT_PAGE_SIZE, 1024, 8192, 16384, 65536, 2048, 32768];

/**
 * The size of a page by a record and the one that follows it: the source goes through a block page by
 * page, so the addresses differ by it. What comes next in the window is the record's body: a fill
 * byte of a zero page, else the page. `undefined` where nothing tells it.
 */
export function* deducePageSize(
  window: ByteWindow,
  address: number,
  isZero: boolean,
): Steps<never, number | undefined> {
  for (const size of SIZES) {
    const body = isZero ? 1 : size;
    if (!(yield* ready(window, body + 8))) continue;
    if (isRecordOfNextPage(window, body, address + size)) return size;
  }
  return undefined;
}

function isRecordOfNextPage(window: ByteWindow, at: number, address: number): boolean {
  const low = window.peekU32(at + 4);
  const flags = low & RAM_FLAG_MASK;
  const isPage = flags === (RamFlag.page | RamFlag.continue);
  if (!isPage && flags !== (RamFlag.zero | RamFlag.continue)) return false;
  return window.peekU32(at) * 0x1_0000_0000 + (low - flags) === address;
}
