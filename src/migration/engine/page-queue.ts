import {
  trace_get_queued_page,
  trace_get_queued_page_not_dirty,
  trace_migrate_handle_rp_req_pages,
  trace_ram_save_queue_pages,
} from "../../../generated/migration.js";
import { PAGE_SIZE } from "./guest-ram.js";
import { MigrationError } from "./migration-error.js";

/** A page by the place of its block in the list, and its number there. */
export interface QueuedPage {
  readonly block: string;
  readonly page: number;
}

/** Pages that the destination has asked for and that go before all others. */
export class PageQueue {
  readonly #pages: QueuedPage[] = [];
  #lastBlock: string | undefined;

  /** Takes a request; a block that is not named is the one of the request before. */
  request(start: number, length: number, block: string | undefined = this.#lastBlock): void {
    if (block === undefined) throw new MigrationError("REQ_PAGES without a RAM block");
    if (start % PAGE_SIZE !== 0) throw new MigrationError(`REQ_PAGES at 0x${start.toString(16)}`);
    this.#lastBlock = block;
    trace_migrate_handle_rp_req_pages(block, start, length);
    trace_ram_save_queue_pages(block, start, length);
    for (let at = start; at < start + length; at += PAGE_SIZE) {
      this.#pages.push({ block, page: at / PAGE_SIZE });
    }
  }

  /** The next page that was asked for and is still to be sent, as `isDirty` tells. */
  next(isDirty: (page: QueuedPage) => boolean): QueuedPage | undefined {
    for (let queued = this.#pages.shift(); queued; queued = this.#pages.shift()) {
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
}
