import {
  trace_save_xbzrle_page_overflow,
  trace_save_xbzrle_page_skipping,
} from "../../../generated/migration.js";
import { encodeXbzrle } from "../wire/xbzrle.js";
import { PAGE_SIZE } from "./guest-ram.js";

/** How a page is to be sent: as a whole, by what changed, or not at all. */
export type XbzrlePage = "whole" | "unchanged" | Uint8Array;

/**
 * The source's memory of pages as it sent them last (QEMU migration/ram.c: save_xbzrle_page). Of a
 * page that is known only what changed need be sent; the longest unused ones are forgotten.
 */
export class XbzrleCache {
  readonly #pages = new Map<string, Uint8Array>();
  readonly #limit: number;

  /** `size` in bytes; at least one page is kept. */
  constructor(size: number) {
    this.#limit = Math.max(1, Math.floor(size / PAGE_SIZE));
  }

  /** Tells how to send a page, and remembers it as sent. */
  encode(block: string, page: number, bytes: Uint8Array): XbzrlePage {
    const key = `${page} ${block}`;
    const before = this.#pages.get(key);
    if (!before) {
      this.#remember(key, bytes.slice());
      return "whole";
    }
    const changed = encodeXbzrle(before, bytes, PAGE_SIZE);
    before.set(bytes);
    this.#pages.delete(key);
    this.#remember(key, before);
    if (!changed) {
      trace_save_xbzrle_page_overflow();
      return "whole";
    }
    if (changed.length > 0) return changed;
    trace_save_xbzrle_page_skipping();
    return "unchanged";
  }

  /** A page was sent as a zero one: what is known of it is no longer so. */
  zero(block: string, page: number): void {
    this.#pages.get(`${page} ${block}`)?.fill(0);
  }

  #remember(key: string, bytes: Uint8Array): void {
    this.#pages.set(key, bytes);
    if (this.#pages.size <= this.#limit) return;
    for (const oldest of this.#pages.keys()) {
      this.#pages.delete(oldest);
      return;
    }
  }
}
