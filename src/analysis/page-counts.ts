import type { StreamItem } from "../migration/wire/stream-item.js";
import type { EventRecord } from "../traces/record.js";
import type { ItemAccount } from "./account.js";
import { numberArgument } from "./mark.js";
import { byTime } from "./moments.js";

/** Pages that were sent; undefined where nothing tells. */
export interface PageCounts {
  readonly pages: number | undefined;
  readonly zeroPages: number | undefined;
}

/**
 * Counts the pages of sections that were sent from `start` to `end`, on all channels. To be called in
 * the order of time.
 */
export type PageCounter = (
  sections: readonly StreamItem[],
  start: bigint,
  end: bigint,
) => PageCounts;

const UNTOLD: PageCounts = { pages: undefined, zeroPages: undefined };

/** Pages that the sections of the main channel hold. */
export function pagesIn(sections: readonly StreamItem[]): PageCounts {
  let pages = 0;
  let zeroPages = 0;
  for (const item of sections) {
    // Without a stream no item has a size; sections of other devices than RAM have no pages.
    if (item.size === 0) return UNTOLD;
    if (!("ram" in item) || !item.ram) continue;
    const { page = 0, xbzrle = 0, compressed = 0, zero = 0 } = item.ram;
    pages += page + xbzrle + compressed;
    zeroPages += zero;
  }
  return { pages, zeroPages };
}

/** By multifd channels, or mapped-ram's places in the file. */
function sendsElsewhere(item: StreamItem): boolean {
  const { flush = 0, mapped = 0 } = "ram" in item && item.ram ? item.ram : {};
  return flush > 0 || mapped > 0;
}

/**
 * How to count a migration's pages. With multifd, which flushes its channels by a record in the
 * stream, `multifd_send_ram_fill` tells of each packet (QEMU migration/multifd-nocomp.c).
 */
export function pageCounter(
  source: readonly EventRecord[],
  items: readonly ItemAccount[],
): PageCounter {
  const packets = source
    .filter(({ name }) => name === "multifd_send_ram_fill")
    .sort((a, b) => byTime(a.timestamp, b.timestamp));
  if (packets.length === 0) {
    return items.some(({ item }) => sendsElsewhere(item)) ? () => UNTOLD : pagesIn;
  }
  let next = 0;
  return (sections, start, end) => {
    let { pages = 0, zeroPages = 0 } = pagesIn(sections);
    while (next < packets.length && packets[next]!.timestamp < start) next += 1;
    for (; next < packets.length && packets[next]!.timestamp <= end; next += 1) {
      pages += numberArgument(packets[next]!, "normal") ?? 0;
      zeroPages += numberArgument(packets[next]!, "zero") ?? 0;
    }
    return { pages, zeroPages };
  };
}
