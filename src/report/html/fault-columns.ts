import type { PageRequest } from "../../analysis/page-requests.js";
import { differences } from "./differences.js";
import type { FaultColumns } from "./page-data.js";
import type { StringTable } from "./string-table.js";

/** Faults that a page holds: of more the longest. */
const MAX_FAULTS = 50_000;

/** The faults whose page came, as the time line draws them. */
export function faultColumns(
  requests: readonly PageRequest[],
  table: StringTable,
  since: (time: bigint) => number,
): FaultColumns {
  const waits = requests.flatMap(({ block, offset, faulted, arrived }) =>
    faulted === undefined || arrived === undefined
      ? []
      : [{ block, offset, start: since(faulted), duration: Number(arrived - faulted) }],
  );
  const kept = waits.toSorted((a, b) => b.duration - a.duration).slice(0, MAX_FAULTS);
  kept.sort((a, b) => a.start - b.start);
  return {
    starts: differences(kept.map(({ start }) => start)),
    durations: kept.map(({ duration }) => duration),
    blocks: kept.map(({ block }) => table.add(block)),
    offsets: kept.map(({ offset }) => offset),
  };
}
