import type {
  DeviceTimes,
  ItemAccount,
  MigrationAccount,
  Round,
  SidePairing,
} from "../../src/analysis/account.js";
import { analyze } from "../../src/analysis/analyze.js";
import { EventTable } from "../../src/model/event-table.js";
import { seededRandom } from "../support/random.js";
import {
  eventTable,
  fixture,
  ownEvents,
  readItems,
  readLog,
  readRecords,
} from "../support/recordings.js";

const file = (name: string) => fixture("microvm-file", name);

/** The inputs of a small migration; both traces are of one machine. */
export const microvmInputs = {
  items: await readItems(file("stream.bin")),
  source: readRecords(file("source.simpletrace"), ownEvents),
  destination: readRecords(file("destination.simpletrace"), ownEvents),
  clockOffset: 0n,
};

/** A small migration, with exact clocks. */
export const microvm = analyze(microvmInputs);

/** A postcopy migration with 124 requests for pages. */
export function postcopyFaults(): MigrationAccount {
  const dir = (name: string) => fixture("postcopy-faults", name);
  const events = new EventTable([...ownEvents.events, ...eventTable(dir("trace-events")).events]);
  return analyze({
    source: readLog(dir("source.log"), events),
    destination: readLog(dir("destination.log"), events),
  });
}

/** So many rounds, one after the other, each with figures of its own. */
export function madeRounds(count: number, begin: bigint): Round[] {
  const random = seededRandom(count);
  let start = begin;
  return Array.from({ length: count }, (_, index): Round => {
    const end = start + BigInt(1_000_000 + random(90_000_000));
    const transferred = 1000 + random(50_000_000);
    const round = {
      ...{ number: index + 1, start, end, syncs: 1 + random(4), complete: true },
      ...{ pending: index === 0 ? undefined : random(1 << 30), dirtyPages: random(100_000) },
      ...{ transferred, rate: Math.round(transferred / (Number(end - start) / 1e9)) },
      ...{ converging: [true, false, undefined][random(3)], sections: 1 + random(20) },
      ...{ bytes: random(60_000_000), pages: random(50_000), zeroPages: random(9000) },
    };
    start = end;
    return round;
  });
}

/** So many devices that took a time each, none as long as another, in no order. */
export function madeDevices(count: number): DeviceTimes[] {
  return shuffledTimes(count).map((took, index) => ({
    ...{ name: `dev${index}`, offset: index * 10, bytes: 100 + index },
    ...(index % 2 ? { save: took, load: took / 3n } : { save: took / 2n, load: took }),
    ...{ saveIsBound: index % 7 === 0, loadIsBound: false, postcopy: undefined },
  }));
}

/** So many sections that follow each other from a time on, none as long as another, in no order. */
export function madeSections(count: number, begin: bigint): ItemAccount[] {
  let at = begin;
  return shuffledTimes(count).map((took, index) => {
    const paired = (start: bigint, length: bigint): SidePairing => ({
      ...{ status: "paired", how: "its name", start, end: start + length },
    });
    const source = paired(at, index % 2 ? took : took / 4n);
    const destination = paired(at + 500n, index % 2 ? took / 2n : took);
    at += took + 1000n;
    const item = { type: "section-full", offset: 100 * index, size: 90, depth: 0 };
    const rest = { dataOffset: 0, dataSize: 10, sectionId: index, instanceId: 0, end: "footer" };
    return {
      item: { ...item, ...rest, idstr: `dev${index}`, version: 1, footer: true },
      ...{ label: `dev${index} FULL`, source, destination },
    } as unknown as ItemAccount;
  });
}

/** Nanoseconds from 20 µs on, each 7 µs more than another, in no order. */
function shuffledTimes(count: number): bigint[] {
  const random = seededRandom(count);
  const times = Array.from({ length: count }, (_, index) => BigInt(20_000 + 7000 * index));
  for (let at = count - 1; at > 0; at--) {
    const other = random(at + 1);
    [times[at], times[other]] = [times[other]!, times[at]!];
  }
  return times;
}
