import { expect, test } from "vitest";
import type { Downtime } from "../../src/analysis/account.js";
import { downtimeFigure, downtimeWords } from "../../src/report/downtime-words.js";
import { checkpointOf, downtimeOf, ms } from "./empty-analysis.js";

const QUERY = "as the source measures it (query-migrate)";
const SOURCE = "at the source, from the guest's stop to the end of the last save";
const DESTINATION = "at the destination, from the first load after the stop to the guest's run";
const LATER = "at the destination, which loaded the stream later, until a guest ran there";
const ACROSS = "from the guest's stop at the source to its run at the destination";
const BACK = "from the guest's stop to its run at the source, where it ran on";
const sides = { reported: ms(40), source: ms(30), destination: ms(20) };
const bounds = (lower: bigint | undefined, upper: bigint | undefined) => ({
  guestBounds: { lower, upper },
});

test.each<[string, Partial<Downtime>, string, string, readonly (readonly [bigint, string])[]]>([
  [
    "exact",
    { ...sides, guest: ms(50), ...bounds(ms(50), ms(50)) },
    "50.000 ms",
    ACROSS,
    [[ms(40), QUERY]],
  ],
  [
    "its lower bound differs",
    { guest: ms(50), ...bounds(ms(49), ms(50)) },
    "50.000 ms (49.000 to 50.000 ms)",
    ACROSS,
    [],
  ],
  [
    "its upper bound differs",
    { guest: ms(50), ...bounds(ms(50), ms(51)) },
    "50.000 ms (50.000 to 51.000 ms)",
    ACROSS,
    [],
  ],
  [
    "the guest ran on at the source",
    { ...sides, guest: ms(50), resumed: ms(99), separateLoad: true, ...bounds(ms(50), ms(50)) },
    "50.000 ms",
    BACK,
    [
      [ms(40), QUERY],
      [ms(20), LATER],
    ],
  ],
  [
    "only bounded",
    { ...sides, ...bounds(ms(45), undefined) },
    "unknown, at least 45.000 ms",
    ACROSS,
    [
      [ms(40), QUERY],
      [ms(30), SOURCE],
      [ms(20), DESTINATION],
    ],
  ],
  ["between bounds", bounds(ms(45), ms(55)), "45.000 to 55.000 ms", ACROSS, []],
  [
    "without a lower bound",
    { ...sides, ...bounds(undefined, ms(5)) },
    "40.000 ms",
    QUERY,
    [
      [ms(30), SOURCE],
      [ms(20), DESTINATION],
    ],
  ],
  [
    "a stream that was loaded later",
    { ...sides, separateLoad: true, ...bounds(ms(1), undefined) },
    "40.000 ms",
    QUERY,
    [[ms(20), LATER]],
  ],
  [
    "a stream that nobody loaded",
    { ...sides, destination: undefined, separateLoad: true },
    "40.000 ms",
    QUERY,
    [[ms(30), SOURCE]],
  ],
  [
    "nothing but checkpoints",
    { checkpoints: [checkpointOf("source", "src-vm-stopped", 1)] },
    "unknown",
    "the traces do not show when the guest stopped and ran",
    [],
  ],
  [
    "nothing at all",
    {},
    "unknown",
    "no vm_state_notify and no downtime checkpoint with a timestamp in the traces",
    [],
  ],
  [
    "no stop",
    { running: 5n, checkpoints: [checkpointOf("source", "src-vm-stopped", 1)] },
    "unknown",
    "nothing in the source's trace shows when the guest stopped",
    [],
  ],
  [
    "no run",
    { stopped: 5n },
    "unknown",
    "nothing in the destination's trace shows when the guest ran",
    [],
  ],
  [
    "no common clock",
    { stopped: 5n, running: 6n },
    "unknown",
    "the times of the two sides cannot be compared",
    [],
  ],
])("%s", (_name, known, figure, meaning, others) => {
  const words = downtimeWords(downtimeOf(known));
  expect({ ...words, figure: downtimeFigure(words) }).toMatchObject({ figure, meaning });
  expect(words.others).toEqual(others.map(([value, what]) => ({ value, meaning: what })));
});
