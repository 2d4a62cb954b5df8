import type { ClockRelation } from "../analysis/relate-clocks.js";
import { formatDuration } from "./units.js";

/** How the two clocks stand to each other, in a word and in a sentence. */
export function clockWords({ verdict, offset, lower, upper }: ClockRelation): {
  readonly verdict: string;
  readonly why: string;
} {
  const bounds = `${bound(lower)} to ${bound(upper)}`;
  switch (verdict) {
    case "given":
      return { verdict: formatDuration(offset), why: "the destination is ahead, as given" };
    case "unknown":
      return { verdict: "unknown", why: `causality allows an offset of ${bounds}` };
    case "one":
      return { verdict: "one clock", why: `causality allows an offset of ${bounds}` };
    case "two":
      return {
        verdict: "two clocks",
        why: `the destination’s is ${formatDuration(offset)} ahead; ${bounds} by causality`,
      };
    case "broken":
      return { verdict: "contradictory", why: `causality wants an offset of ${bounds}` };
  }
}

function bound(offset: bigint | undefined): string {
  return offset === undefined ? "unbounded" : formatDuration(offset).replace("-", "−");
}
