import { type ClockRelation, toSourceClock } from "../analysis/relate-clocks.js";
import { formatPrintf } from "../printf/format.js";
import type { EventList } from "../report/evidence.js";
import type { EventRecord } from "../traces/record.js";

/** A trace's records as a report shows them; `clocks` moves the destination's to the source's clock. */
export function eventList(records: readonly EventRecord[], clocks?: ClockRelation): EventList {
  return {
    count: records.length,
    at: (index) => toSourceClock(clocks, records[index]!.timestamp),
    name: (index) => records[index]!.name,
    text: (index) => {
      const { event, values } = records[index]!;
      return formatPrintf(event.format?.pieces ?? [], values);
    },
  };
}
