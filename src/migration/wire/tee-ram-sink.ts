import type { RamSink } from "./ram-sink.js";

type Callback = (...args: never[]) => void;

/** One sink for several: each is told all, in their order. */
export function teeRamSink(sinks: readonly RamSink[]): RamSink {
  const [only] = sinks;
  if (only && sinks.length === 1) return only;
  const tee: Record<string, Callback> = {};
  for (const kind of [
    "blockList",
    "block",
    "pageSize",
    "mapped",
    "named",
    "page",
    "pageAt",
    "zero",
    "xbzrle",
    "compressed",
    "flush",
  ] as const) {
    const takers = sinks.filter((sink) => sink[kind] !== undefined);
    // What nobody wants is not collected by the reader either.
    if (takers.length === 0) continue;
    tee[kind] = (...args) => {
      for (const sink of takers) (sink[kind] as Callback).call(sink, ...args);
    };
  }
  return tee as RamSink;
}
