import {
  trace_ram_dirty_bitmap_reload_begin,
  trace_ram_dirty_bitmap_reload_complete,
  trace_source_return_path_thread_resume_ack,
} from "../../../generated/migration.js";
import { RESUME_ACK } from "../wire/return-path.js";
import { MigrationError } from "./migration-error.js";
import type { RamSource } from "./ram-source.js";

/** What a destination answers when a paused postcopy is to go on. */
export class ResumeAnswers {
  readonly #ram: RamSource;
  /** Blocks whose bitmap is awaited. */
  readonly #blocks: Set<string>;
  readonly #acknowledged: () => void;
  #awaitsAck = false;
  #resolve: () => void = () => {};

  /** `acknowledged` is told of RESUME_ACK. */
  constructor(ram: RamSource, acknowledged: () => void) {
    this.#ram = ram;
    this.#blocks = new Set(ram.blocks.names);
    this.#acknowledged = acknowledged;
  }

  /** Whether an answer is still to come. */
  get awaited(): boolean {
    return this.#blocks.size > 0 || this.#awaitsAck;
  }

  /** Resolves when the bitmaps of all blocks are there. */
  bitmaps(): Promise<void> {
    return this.#answered();
  }

  /** Resolves when POSTCOPY_RESUME, which is sent next, is acknowledged. */
  acknowledgement(): Promise<void> {
    this.#awaitsAck = true;
    return this.#answered();
  }

  /** RECV_BITMAP: pages of a block that are there. Throws `MigrationError` for one not wanted. */
  bitmap(block: string, bitmap: Uint8Array): void {
    if (!this.#blocks.delete(block)) {
      throw new MigrationError(`the destination sent a bitmap of "${block}", which nobody wanted`);
    }
    trace_ram_dirty_bitmap_reload_begin(block);
    this.#ram.blocks.reload(block, bitmap);
    trace_ram_dirty_bitmap_reload_complete(block);
    if (!this.awaited) this.#resolve();
  }

  /** RESUME_ACK. Throws `MigrationError` if it is out of place, or of another value. */
  acknowledge(value: number): void {
    trace_source_return_path_thread_resume_ack(value);
    if (!this.#awaitsAck) throw new MigrationError("the destination sent RESUME_ACK out of place");
    if (value !== RESUME_ACK) {
      throw new MigrationError(`the destination sent RESUME_ACK ${value}, not ${RESUME_ACK}`);
    }
    this.#awaitsAck = false;
    this.#acknowledged();
    this.#resolve();
  }

  #answered(): Promise<void> {
    if (!this.awaited) return Promise.resolve();
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
}
