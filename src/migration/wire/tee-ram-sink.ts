import { mappedPages } from "./mapped-pages.js";
import type { RamSink } from "./ram-sink.js";

type Callback = (...args: never[]) => void;

/** All that a sink may take. */
const kinds = {
  ...{ blockList: true, block: true, pageSize: true, mapped: true, mappedBytes: true, named: true },
  ...{ page: true, pageAt: true, zero: true, xbzrle: true, compressed: true, flush: true },
  hook: true,
} satisfies Record<keyof RamSink, true>;

/**
 * One sink for several: each is told all, in their order. Where one takes a mapped block's bytes, those
 * that take pages are given the pages that these are.
 */
export function teeRamSink(given: readonly RamSink[]): RamSink {
  const [only] = given;
  if (only && given.length === 1) return only;
  const asBytes = given.some((sink) => sink.mappedBytes !== undefined);
  const sinks: readonly RamSink[] = given.flatMap((sink) =>
    asBytes && sink.page && !sink.mappedBytes ? [sink, mappedPages(sink)] : [sink],
  );
  const tee: Record<string, Callback> = {};
  for (const kind of Object.keys(kinds) as (keyof RamSink)[]) {
    const takers = sinks.filter((sink) => sink[kind] !== undefined);
    // What nobody wants is not collected by the reader either.
    if (takers.length === 0) continue;
    tee[kind] = (...args) => {
      for (const sink of takers) (sink[kind] as Callback).call(sink, ...args);
    };
  }
  return tee as RamSink;
}
