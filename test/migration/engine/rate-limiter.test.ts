import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { demoSourceMachine } from "../../../src/migration/engine/demo-machine.js";
import { PageQueue } from "../../../src/migration/engine/page-queue.js";
import { RateLimiter } from "../../../src/migration/engine/rate-limiter.js";
import type { TransferStats } from "../../../src/migration/engine/transfer-stats.js";

// By a clock that stands still but where it is told to go on.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const { ram } = demoSourceMachine({ memory: 1 << 20 });
const block = ram.blocks[0]!.name;

/** A source that has sent what it may in a tenth of a second, and waits; tells whether it still does. */
function waiting(queue: PageQueue, signal = new AbortController().signal) {
  const sent = { bytes: 0 };
  const stats = { transferred: () => sent.bytes, ahead: 0 } as TransferStats;
  const limiter = new RateLimiter({ maxBandwidth: 1000, downtimeLimit: 300 }, stats);
  limiter.begin();
  sent.bytes = 101;
  const state = { waits: true, error: undefined as unknown };
  limiter
    .limit(queue, signal)
    .catch((error: unknown) => {
      state.error = error;
    })
    .finally(() => {
      state.waits = false;
    });
  return { limiter, state };
}

test("what was sent waits for the interval's end", async () => {
  const { limiter, state } = waiting(new PageQueue(ram));
  expect(limiter.exceeded()).toBe(true);
  await vi.advanceTimersByTimeAsync(99);
  expect(state.waits).toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(state.waits).toBe(false);
});

test("a page that is asked for ends the wait", async () => {
  const queue = new PageQueue(ram);
  const { state } = waiting(queue);
  await vi.advanceTimersByTimeAsync(10);
  await queue.request(0, 4096, block);
  await vi.advanceTimersByTimeAsync(0);
  expect(state.waits).toBe(false);
});

test("nothing waits while a page is asked for", async () => {
  const queue = new PageQueue(ram);
  await queue.request(0, 4096, block);
  const { state } = waiting(queue);
  await vi.advanceTimersByTimeAsync(0);
  expect(state.waits).toBe(false);
});

test("who gives up does not wait", async () => {
  const controller = new AbortController();
  const { state } = waiting(new PageQueue(ram), controller.signal);
  controller.abort(new Error("over"));
  await vi.advanceTimersByTimeAsync(0);
  expect(state).toEqual({ waits: false, error: new Error("over") });
});

test("another limit, or none, holds at once", () => {
  const { limiter } = waiting(new PageQueue(ram));
  limiter.setBandwidth(2000);
  expect(limiter.exceeded()).toBe(false);
  limiter.setBandwidth(0);
  expect(limiter.exceeded()).toBe(false);
});
