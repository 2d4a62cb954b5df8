import type { Downtime } from "../analysis/account.js";
import { formatBounds, formatDuration } from "./units.js";

/** The downtime in words: one figure first, then what else is known of it. */
export interface DowntimeWords {
  /** Nanoseconds of the figure; undefined where it is unknown. */
  readonly value: bigint | undefined;
  /** Between which bounds the figure lies, in words; undefined where it is exact. */
  readonly range: string | undefined;
  /** What the figure is from and to, or why it is unknown. */
  readonly meaning: string;
  /** Other measures, each with what it is. */
  readonly others: readonly { readonly value: bigint; readonly meaning: string }[];
}

/** Puts a migration's downtime into words. */
export function downtimeWords(downtime: Downtime): DowntimeWords {
  const { guest, reported, resumed, separateLoad, source, destination } = downtime;
  const { lower, upper } = downtime.guestBounds;
  const query = { value: reported, meaning: "as the source measures it (query-migrate)" };
  const sides = [
    { value: source, meaning: "at the source, from the guest's stop to the end of the last save" },
    {
      value: destination,
      meaning: separateLoad
        ? "at the destination, which loaded the stream later, until a guest ran there"
        : "at the destination, from the first load after the stop to the guest's run",
    },
  ];
  const exact = guest !== undefined && lower === guest && upper === guest;
  if (guest !== undefined) {
    const meaning =
      resumed === undefined
        ? "from the guest's stop at the source to its run at the destination"
        : "from the guest's stop to its run at the source, where it ran on";
    const range = exact ? undefined : formatBounds(lower, upper);
    const others = separateLoad ? [query, sides[1]!] : [query];
    return { value: guest, range, meaning, others: known(others) };
  }
  if (separateLoad || lower === undefined) {
    const meaning =
      reported === undefined ? whyUnknown(downtime) : "as the source measures it (query-migrate)";
    const others = known(destination === undefined || !separateLoad ? sides : [sides[1]!]);
    return { value: reported, range: undefined, meaning, others };
  }
  return {
    ...{ value: undefined, range: formatBounds(lower, upper) },
    meaning: "from the guest's stop at the source to its run at the destination",
    others: known([query, ...sides]),
  };
}

function known(
  measures: readonly { readonly value: bigint | undefined; readonly meaning: string }[],
): DowntimeWords["others"] {
  return measures.flatMap(({ value, meaning }) =>
    value === undefined ? [] : [{ value, meaning }],
  );
}

function whyUnknown({ stopped, running, checkpoints }: Downtime): string {
  if (stopped === undefined && running === undefined && checkpoints.length > 0) {
    return "the traces do not show when the guest stopped and ran";
  }
  if (stopped === undefined && running === undefined) {
    return "no vm_state_notify and no downtime checkpoint with a timestamp in the traces";
  }
  if (stopped === undefined) return "nothing in the source's trace shows when the guest stopped";
  if (running === undefined) return "nothing in the destination's trace shows when the guest ran";
  return "the times of the two sides cannot be compared";
}

/** A figure with its range: `52.614 ms (52.183 to 52.879 ms)`, `unknown, at least 78.6 ms`. */
export function downtimeFigure({ value, range }: DowntimeWords): string {
  if (value === undefined) {
    if (range === undefined) return "unknown";
    return range.startsWith("at ") ? `unknown, ${range}` : range;
  }
  return range === undefined ? formatDuration(value) : `${formatDuration(value)} (${range})`;
}
