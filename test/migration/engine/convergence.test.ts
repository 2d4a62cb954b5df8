import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { demoSourceMachine } from "../../../src/migration/engine/demo-machine.js";
import type { MigrationSourceOptions } from "../../../src/migration/engine/migration-options.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { PacedSink } from "./paced-sink.js";
import { enabledValues } from "./traced-names.js";

const KIB = 1024;
const MIB = KIB * KIB;
/** What the channel takes in a millisecond. */
const PACE = (4 * MIB) / 1000;
/** Milliseconds that the devices and the description of them may take at this pace. */
const DEVICES = 10;

// By a clock that stands still while the source works: what passes is the channel's time alone.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

type Options = Omit<MigrationSourceOptions, "machine"> & {
  readonly dirtyRate: number;
  readonly workingSet: number;
};

/** Migrates to a channel of that pace; gives what became of it after so many milliseconds at most. */
async function migrate({ dirtyRate, workingSet, ...options }: Options, milliseconds: number) {
  const machine = demoSourceMachine({ memory: 2 * MIB, dirtyRate, workingSet });
  const source = new MigrationSource({ machine, ...options });
  const ended = source.migrate(new PacedSink(PACE)).catch((error: Error) => error.message);
  await vi.advanceTimersByTimeAsync(milliseconds);
  const { status } = source;
  source.cancel();
  await vi.advanceTimersByTimeAsync(1000);
  return { status, result: await ended };
}

/** A guest that comes back to 192 KiB sixteen times as fast as the channel takes them. */
const TOO_FAST = { dirtyRate: 64 * MIB, workingSet: 192 * KIB, downtimeLimit: 1 };

describe("a guest that is too fast for the channel does not converge", () => {
  test.each([
    ["without a limit", {}],
    ["with a limit", { maxBandwidth: 4 * MIB }],
    ["with a limit far above the channel's pace", { maxBandwidth: 64 * MIB }],
    ["by multifd", { multifd: { channels: 2, connect: () => new PacedSink(PACE / 2) } }],
  ])("%s", async (_, options) => {
    const { status, result } = await migrate({ maxBandwidth: 0, ...TOO_FAST, ...options }, 20_000);
    expect([status, result]).toEqual(["active", "the migration was cancelled"]);
  });

  test("but does, once the limit gives its working set the time", async () => {
    const { status, result } = await migrate({ ...TOO_FAST, downtimeLimit: 60 }, 20_000);
    expect([status, result]).toEqual(["completed", expect.anything()]);
  });
});

test.each([20, 60, 300])("what converges keeps to its limit of %d ms", async (downtimeLimit) => {
  const guest = { dirtyRate: MIB, workingSet: MIB };
  const { status, result } = await migrate({ ...guest, downtimeLimit, maxBandwidth: 0 }, 20_000);
  expect(status).toBe("completed");
  const { downtime, dirtySyncs } = result as { downtime: number; dirtySyncs: number };
  expect(downtime).toBeLessThan(downtimeLimit + DEVICES);
  expect(dirtySyncs).toBeGreaterThan(2);
});

test("the bandwidth is what the channel takes, not what waits for it", async () => {
  const traced = await enabledValues(["migrate_transferred"], async () => {
    await migrate({ ...TOO_FAST, maxBandwidth: 0 }, 5000);
  });
  const bandwidths = traced.map(({ values }) => Number(values[2]));
  expect(bandwidths.length).toBeGreaterThan(20);
  for (const bandwidth of bandwidths) {
    expect(bandwidth).toBeGreaterThan(0.5 * PACE);
    expect(bandwidth).toBeLessThan(1.5 * PACE);
  }
});
