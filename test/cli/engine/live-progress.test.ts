import { expect, test } from "vitest";
import { progressLine } from "../../../src/cli/engine/live-progress.js";
import type { ProgressSnapshot } from "../../../src/migration/wire/stream-progress.js";

const MIB = 1024 * 1024;

/** The line of a precopy of which this is known, at 10 MiB a second. */
function line(progress: Partial<ProgressSnapshot>, bytes: number, rate = 10 * MIB): string {
  const standing = {
    phase: "precopy",
    machine: "pc-q35-10.0",
    bytes: 4000,
    memory: 64 * MIB,
    pageSize: 4096,
    round: 1,
    pages: 0,
    pagesLeft: 0,
    items: 9,
    pings: 1,
    returnPath: true,
    failure: undefined,
  } as const;
  return progressLine({ ...standing, ...progress }, bytes, rate);
}

test.each([
  [
    "the first round takes as many bytes a page as so far, on all channels",
    line({ pages: 1024, pagesLeft: 10_240 }, 2 * MIB),
    "round 1, 2.00 MiB at 10.0 MiB/s, 1024 pages sent, 10240 to go, the round's end in about 2.0 s",
  ],
  [
    "a later one those of a page",
    line({ round: 2, pages: 16, pagesLeft: 3200, pageSize: 65_536 }, 9 * MIB),
    "round 2, 9.00 MiB at 10.0 MiB/s, 16 pages sent, some 3200 to go, the round's end in about 20 s",
  ],
  ["nothing has passed for a while", line({ phase: "devices" }, MIB, 0), "devices, 1.00 MiB"],
])("%s", (_, given, expected) => {
  expect(given).toBe(expected);
});
