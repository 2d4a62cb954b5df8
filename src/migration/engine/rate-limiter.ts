import {
  trace_migrate_transferred,
  trace_migration_rate_limit_post,
  trace_migration_rate_limit_pre,
} from "../../../generated/migration.js";
import { settlesWithin } from "./abortable.js";
import type { PageQueue } from "./page-queue.js";
import type { TransferStats } from "./transfer-stats.js";

/** Milliseconds over which bandwidth is measured and limited (QEMU migration/migration.c: BUFFER_DELAY). */
const INTERVAL = 100;

/** What a source may send, and how long the switchover may take. */
export interface TransferLimits {
  /** Bytes in a second; 0 for no limit. */
  readonly maxBandwidth: number;
  /** Milliseconds for which the guest may stand still. */
  readonly downtimeLimit: number;
}

/**
 * Keeps the source to its bandwidth, interval by interval, and estimates from what the channels took
 * in the last one how much could be sent within the downtime limit.
 */
export class RateLimiter {
  #limits: TransferLimits;
  readonly #stats: TransferStats;
  #intervalBegin = performance.now();
  #intervalTaken = 0;
  #budgetBytes = 0;
  #threshold = 0;

  constructor(limits: TransferLimits, stats: TransferStats) {
    this.#limits = limits;
    this.#stats = stats;
  }

  /** Bytes that could be sent within the downtime limit; 0 before the first measurement. */
  get threshold(): number {
    return this.#threshold;
  }

  /** From here on the bandwidth has another limit; 0 for none. */
  setBandwidth(maxBandwidth: number): void {
    this.#limits = { ...this.#limits, maxBandwidth };
  }

  /** Begins to measure. */
  begin(): void {
    this.#intervalBegin = performance.now();
    this.#intervalTaken = this.#taken();
  }

  /** Whether what may be sent in this interval has gone. */
  exceeded(): boolean {
    const { maxBandwidth } = this.#limits;
    if (maxBandwidth === 0) return false;
    const used = this.#stats.transferred() - this.#budgetBytes;
    return used > (maxBandwidth * INTERVAL) / 1000;
  }

  /**
   * Measures if the interval is over, and waits for its end if the budget is used up; no longer than
   * until a page is asked for.
   */
  async limit(requests: PageQueue, signal: AbortSignal): Promise<void> {
    const elapsed = performance.now() - this.#intervalBegin;
    if (elapsed >= INTERVAL) this.#measure(elapsed);
    if (!this.exceeded() || requests.isAsked) return;
    const wait = Math.max(0, Math.ceil(this.#intervalBegin + INTERVAL - performance.now()));
    trace_migration_rate_limit_pre(wait);
    const isUrgent = await settlesWithin(requests.asked(), wait, signal);
    trace_migration_rate_limit_post(isUrgent ? 1 : 0);
  }

  /**
   * QEMU's sends block until the system has taken them; ours run ahead of the channels, and what
   * still waits for those says nothing of how fast they are.
   */
  #taken(): number {
    return this.#stats.transferred() - this.#stats.ahead;
  }

  /** QEMU migration/migration.c: migration_update_counters. */
  #measure(elapsed: number): void {
    const spent = Math.floor(elapsed);
    const taken = this.#taken() - this.#intervalTaken;
    const bandwidth = taken / spent;
    this.#threshold = Math.floor(bandwidth * this.#limits.downtimeLimit);
    this.#budgetBytes = this.#stats.transferred();
    this.begin();
    trace_migrate_transferred(taken, spent, Math.floor(bandwidth), 0, this.#threshold);
  }
}
