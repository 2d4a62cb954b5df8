import {
  trace_postcopy_page_req_add,
  trace_postcopy_page_req_del,
  trace_postcopy_page_req_sync,
  trace_postcopy_pause_fault_thread,
  trace_postcopy_pause_fault_thread_continued,
  trace_postcopy_ram_fault_thread_request,
} from "../../../generated/migration.js";
import type { ChannelOutput } from "./channel-output.js";
import { sendMessage } from "./destination-return-path.js";
import type { PageAddress } from "./missing-pages.js";
import type { PostcopyMemory } from "./postcopy-memory.js";
import { seededRandom } from "./seeded-random.js";

/** What came of asking for pages. */
export interface RequestedPages {
  /** Pages asked for. */
  readonly requests: number;
  /** Milliseconds from a request to the page, of all requests together; and the longest. */
  readonly waited: number;
  readonly longestWait: number;
}

/**
 * Asks the source for pages in postcopy. There is no processor here that could run into a missing
 * page: one page after the other is asked for, wherever in memory, as a guest with one would.
 */
export class PageRequests {
  readonly #memory: PostcopyMemory;
  #output: ChannelOutput;
  readonly #random = seededRandom(1);
  #wanted: PageAddress | undefined;
  #since = 0;
  #lastBlock: string | undefined;
  #running = false;
  #requests = 0;
  #waited = 0;
  #longestWait = 0;

  constructor(memory: PostcopyMemory, output: ChannelOutput) {
    this.#memory = memory;
    this.#output = output;
  }

  get outcome(): RequestedPages {
    return { requests: this.#requests, waited: this.#waited, longestWait: this.#longestWait };
  }

  /** The guest runs from now on. */
  async start(): Promise<void> {
    this.#running = true;
    await this.next();
  }

  /** The connection was lost: nothing is asked for until there is another one. */
  pause(): void {
    if (!this.#running) return;
    this.#running = false;
    trace_postcopy_pause_fault_thread();
  }

  /** Asks by another connection, first for the page that is still waited for. */
  async goOn(output: ChannelOutput): Promise<void> {
    this.#output = output;
    this.#lastBlock = undefined;
    this.#running = true;
    if (this.#wanted) {
      await this.#send(this.#wanted);
      const { block, address } = this.#wanted;
      trace_postcopy_page_req_sync(this.#memory.placeOf(block, address));
    }
    trace_postcopy_pause_fault_thread_continued();
    await this.next();
  }

  /** A page has come. */
  arrived(block: string, address: number): void {
    if (this.#wanted?.address !== address || this.#wanted.block !== block) return;
    this.#wanted = undefined;
    trace_postcopy_page_req_del(this.#memory.placeOf(block, address), 0);
    const wait = performance.now() - this.#since;
    this.#waited += wait;
    this.#longestWait = Math.max(this.#longestWait, wait);
  }

  /** Asks for another page if none is waited for. */
  async next(): Promise<void> {
    if (!this.#running || this.#wanted) return;
    const page = this.#memory.missing.pick(this.#random);
    if (!page) return;
    this.#wanted = page;
    this.#since = performance.now();
    this.#requests += 1;
    await this.#ask(page);
  }

  async #ask(page: PageAddress): Promise<void> {
    const { block, address } = page;
    const place = this.#memory.placeOf(block, address);
    trace_postcopy_ram_fault_thread_request(place, block, address, 0);
    trace_postcopy_page_req_add(place, 1);
    await this.#send(page);
  }

  /** The block is named if it is another one than before (QEMU migration/migration.c). */
  async #send({ block, address }: PageAddress): Promise<void> {
    const named = block === this.#lastBlock ? {} : { block };
    this.#lastBlock = block;
    const length = this.#memory.missing.pageBytes;
    await sendMessage(this.#output, { type: "REQ_PAGES", start: address, length, ...named });
  }
}
