import { describe, expect, test } from "vitest";
import type { MigrationAccount } from "../../src/analysis/account.js";
import { analyze } from "../../src/analysis/analyze.js";
import { checkRegression } from "../../src/analysis/check-regression.js";

const empty = analyze({});

interface Figures {
  readonly guest?: number;
  readonly reported?: number;
  /** Milliseconds of save and load; null where the trace lacks them. */
  readonly devices?: Readonly<Record<string, readonly [number | null, number | null]>>;
  readonly stream?: boolean;
}

/** A migration with these figures, in milliseconds. */
function migration({ guest, reported, devices = {}, stream = true }: Figures): MigrationAccount {
  const ns = (value: number | undefined) => (value === undefined ? undefined : BigInt(value * 1e6));
  const times = Object.entries(devices).map(([name, [save, load]]) => ({
    ...{ name, offset: 0, bytes: 1, saveIsBound: false, loadIsBound: false },
    ...{ save: ns(save ?? undefined), load: ns(load ?? undefined) },
  }));
  return {
    ...empty,
    streamSize: stream ? 1 : undefined,
    downtime: {
      ...{ ...empty.downtime, guest: ns(guest), reported: ns(reported) },
      guestBounds: { lower: ns(guest), upper: ns(guest) },
    },
    devices: times,
  } as unknown as MigrationAccount;
}

const tolerance = { percent: 20, milliseconds: 5 };
const failed = (before: Figures, after: Figures) =>
  checkRegression(migration(before), migration(after), tolerance)
    .filter(({ passed }) => !passed)
    .map(({ name }) => name);

describe("a figure regressed", () => {
  test("if it grew by more than the percentage and by more than the milliseconds", () => {
    expect(failed({ guest: 100 }, { guest: 121 })).toEqual(["downtime"]);
  });

  test("not if it grew by the percentage at most", () => {
    expect(failed({ guest: 100 }, { guest: 120 })).toEqual([]);
    expect(failed({ guest: 100 }, { guest: 50 })).toEqual([]);
  });

  test("not if it grew by the milliseconds at most, whatever the percentage", () => {
    expect(failed({ guest: 1 }, { guest: 6 })).toEqual([]);
    expect(failed({ guest: 1 }, { guest: 7 })).toEqual(["downtime"]);
  });

  test("for the source's own downtime, each save and each load", () => {
    const before = { guest: 100, reported: 50, devices: { ram: [10, 10], cpu: [10, 10] } } as const;
    const after = { guest: 100, reported: 90, devices: { ram: [30, 10], cpu: [10, 30] } } as const;
    expect(failed(before, after)).toEqual([
      "downtime as the source measures it",
      "save of ram",
      "load of cpu",
    ]);
  });
});

describe("a figure that is unknown", () => {
  test("in one of the migrations fails", () => {
    expect(failed({ guest: 100, reported: 9 }, { reported: 9 })).toEqual(["downtime"]);
    expect(failed({ reported: 9 }, { guest: 100, reported: 9 })).toEqual(["downtime"]);
    const [known, unknown] = [{ ram: [10, 1] }, { ram: [10, null] }] as const;
    expect(failed({ guest: 1, devices: known }, { guest: 1, devices: unknown })).toEqual([
      "load of ram",
    ]);
  });

  test("in both is left out, but there must be a downtime", () => {
    const devices = { ram: [10, null] } as const;
    const results = checkRegression(
      migration({ guest: 1, devices }),
      migration({ guest: 1, devices }),
      tolerance,
    );
    expect(results.map(({ name }) => name)).toEqual(["downtime", "save of ram"]);
    expect(failed({}, {})).toEqual(["downtime"]);
  });
});

describe("a device of one migration only", () => {
  const alone = { guest: 1, devices: { virtio: [9, 9] } } as const;

  test("took no time where the other's stream does not contain it", () => {
    expect(failed({ guest: 1 }, alone)).toEqual(["save of virtio", "load of virtio"]);
    expect(failed(alone, { guest: 1 })).toEqual([]);
    expect(failed({ guest: 1 }, { guest: 1, devices: { virtio: [4, 4] } })).toEqual([]);
  });

  test("cannot be compared where the other has no stream", () => {
    const traced = { guest: 1, stream: false };
    expect(failed(traced, alone)).toEqual(["save of virtio", "load of virtio"]);
    expect(failed(alone, traced)).toEqual(["save of virtio", "load of virtio"]);
  });
});
