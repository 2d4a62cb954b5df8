import type { ClockRelation } from "../analysis/relate-clocks.js";
import { formatBounds, formatDuration } from "./units.js";

/** How the two clocks stand to each other, in a word and in a sentence. */
export function clockWords({ verdict, offset, lower, upper }: ClockRelation): {
  readonly verdict: string;
  readonly why: string;
} {
  const bounds = formatBounds(lower, upper).replaceAll("-", "−");
  switch (verdict) {
    case "given":
      if (offset === 0n) return { verdict: "one clock", why: "as given" };
      return {
        verdict: "two clocks",
        why: `the destination’s is ${formatDuration(offset).replace("-", "−")} ahead, as given`,
      };
    case "unknown":
      return { verdict: "unknown", why: `causality allows an offset of ${bounds}` };
    case "one":
      return { verdict: "one clock", why: `causality allows an offset of ${bounds}` };
    case "two":
      return {
        verdict: "two clocks",
        why: `the destination’s is ${formatDuration(offset).replace("-", "−")} ahead; ${bounds} by causality`,
      };
    case "broken":
      return { verdict: "contradictory", why: contradiction(lower, upper) };
  }
}

function contradiction(lower: bigint | undefined, upper: bigint | undefined): string {
  if (lower === undefined || upper === undefined) return "the two traces do not fit together";
  const [least, most] = [lower, upper].map((bound) => formatDuration(bound).replace("-", "−"));
  return `the offset would have to be at least ${least} and at most ${most}`;
}
