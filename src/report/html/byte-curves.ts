import type { MigrationAccount } from "../../analysis/account.js";
import { differences } from "./differences.js";
import type { ByteCurve, Side } from "./page-data.js";

/** Points of a curve that a page holds: more than its pixels. */
const MAX_POINTS = 12_000;

interface Point {
  readonly at: number;
  readonly bytes: number;
}

/** Nanoseconds since the time that those of a side count from. */
export type SideClocks = Readonly<Record<Side, (time: bigint) => number>>;

/** Bytes of the main channel over time: sent by the source and read by the destination. */
export function byteCurves(account: MigrationAccount, clocks: SideClocks): ByteCurve[] {
  const sent = account.sent.map(({ at, bytes }) => ({ at: clocks.source(at), bytes }));
  const curves =
    sent.length > 1
      ? [curve("sent, at least and at most", "source", true, sent)]
      : [
          curve(
            "saved by the source",
            "source",
            false,
            itemPoints(account, "source", clocks.source),
          ),
        ];
  const read = itemPoints(account, "destination", clocks.destination);
  curves.push(curve("read by the destination", "destination", false, read));
  return curves.filter(({ times }) => times.length > 1);
}

/** An item's bytes are taken to go evenly from its start to its end; without a stream none are told. */
function itemPoints(
  { items, streamSize }: MigrationAccount,
  side: Side,
  since: (time: bigint) => number,
): Point[] {
  if (streamSize === undefined) return [];
  const points = items.flatMap(({ item, [side]: pairing }) =>
    pairing.status === "paired"
      ? [
          { at: since(pairing.start), bytes: item.offset },
          { at: since(pairing.end), bytes: item.offset + item.size },
        ]
      : [],
  );
  let most = 0;
  return points
    .sort((a, b) => a.at - b.at)
    .map(({ at, bytes }) => {
      most = Math.max(most, bytes);
      return { at, bytes: most };
    });
}

function curve(name: string, side: Side, bounds: boolean, points: readonly Point[]): ByteCurve {
  const step = Math.ceil(points.length / MAX_POINTS);
  const kept = points.filter((_, index) => index % step === 0 || index === points.length - 1);
  return {
    name,
    side,
    bounds,
    times: differences(kept.map(({ at }) => at)),
    bytes: differences(kept.map(({ bytes }) => bytes)),
  };
}
