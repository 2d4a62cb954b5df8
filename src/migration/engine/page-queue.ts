import {
  trace_get_queued_page,
  trace_get_queued_page_not_dirty,
  trace_migrate_handle_rp_req_pages,
  trace_ram_save_queue_pages,
} from "../../../generated/migration.js";
import { type GuestRam, PAGE_SIZE } from "./guest-ram.js";
import { MigrationError } from "./migration-error.js";

/** A page by its block and its number there. */
export interface QueuedPage {
  readonly block: string;
  readonly page: number;
}

/** Sends a page by its block and its number there. */
export type SendPage = (block: string, page: number) => Promise<void>;

/** Pages that the destination has asked for and that go before all others. */
export class PageQueue {
  readonly #ram: GuestRam;
  /** Pages of the guest: more requests than that cannot be waiting. */
  readonly #pages: number;
  readonly #requests: { readonly block: string; page: number; readonly end: number }[] = [];
  #lastBlock: string | undefined;
  #diverted: SendPage | undefined;
  #heard: (() => void) | undefined;

  constructor(ram: GuestRam) {
    this.#ram = ram;
    this.#pages = ram.blocks.reduce((sum, { size }) => sum + size / PAGE_SIZE, 0);
  }

  /**
   * Takes a request, in bytes; a block that is not named is the one of the request before. Throws
   * `MigrationError` for what is not memory of this guest (QEMU migration/ram.c: ram_save_queue_pages).
   */
  async request(start: number, length: number, block = this.#lastBlock): Promise<void> {
    if (block === undefined) throw new MigrationError("REQ_PAGES without a RAM block");
    this.#lastBlock = block;
    trace_migrate_handle_rp_req_pages(block, start, length);
    this.#check(start, length, block);
    trace_ram_save_queue_pages(block, start, length);
    const [begin, end] = [start / PAGE_SIZE, (start + length) / PAGE_SIZE];
    if (this.#diverted) {
      for (let page = begin; page < end; page += 1) await this.#diverted(block, page);
    } else {
      if (this.#requests.length >= this.#pages) {
        throw new MigrationError(
          `more REQ_PAGES than the guest's ${this.#pages} pages are waiting`,
        );
      }
      this.#requests.push({ block, page: begin, end });
      this.#heard?.();
    }
  }

  /** Whether there are pages that were asked for. */
  get isAsked(): boolean {
    return this.#requests.length > 0;
  }

  /** Resolves when there are. One waits at a time. */
  asked(): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve;
      if (this.isAsked) resolve();
    });
  }

  /** From here on what is requested is sent at once, elsewhere. */
  divert(send: SendPage): void {
    this.#diverted = send;
  }

  /** The next page that was asked for and is still to be sent, as `isDirty` tells. */
  next(isDirty: (page: QueuedPage) => boolean): QueuedPage | undefined {
    for (let queued = this.#take(); queued; queued = this.#take()) {
      const { block, page } = queued;
      const offset = page * PAGE_SIZE;
      if (isDirty(queued)) {
        trace_get_queued_page(block, offset, page);
        return queued;
      }
      trace_get_queued_page_not_dirty(block, offset, page);
    }
    return undefined;
  }

  #check(start: number, length: number, block: string): void {
    const size = this.#ram.block(block)?.size;
    const isWhole = start % PAGE_SIZE === 0 && length % PAGE_SIZE === 0 && length > 0;
    if (size !== undefined && isWhole && start + length <= size) return;
    const what = size === undefined ? "unknown RAM block" : `RAM block of ${size} bytes`;
    const range = `${length} bytes at 0x${start.toString(16)}`;
    throw new MigrationError(`REQ_PAGES of ${range} in ${what} "${block}"`);
  }

  #take(): QueuedPage | undefined {
    const [request] = this.#requests;
    if (!request) return undefined;
    const { block, page } = request;
    request.page += 1;
    if (request.page === request.end) this.#requests.shift();
    return { block, page };
  }
}
