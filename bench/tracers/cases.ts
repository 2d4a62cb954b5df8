/** What is measured: calls with three arguments, one of them a string. */

import { channel, subscribe } from "node:diagnostics_channel";
import pino from "pino";
import { addSink, enableEvents, LogSink, MemorySink, SimpleSink } from "../../src/runtime/index.js";
import { trace_bench_block } from "./generated/tracers.js";
import { handWrittenWriter } from "./hand-written.js";

/** What is called over and over: `bench_block` of trace-events here, or what stands for it. */
export type Call = (name: string, offset: number, pages: number) => void;

/** By name: sets things up and gives what is to be called. */
export const cases: Readonly<Record<string, () => Call>> = {
  "empty function": () => (_name, _offset, _pages) => {},
  "tracer, off": () => trace_bench_block,
  "tracer, on to memory": () => {
    switchOn(new MemorySink({ limit: 10_000 }));
    return trace_bench_block;
  },
  "tracer, on to simple": () => {
    switchOn(new SimpleSink({ write: () => {} }));
    return trace_bench_block;
  },
  "tracer, on to log": () => {
    switchOn(new LogSink({ write: () => {} }));
    return trace_bench_block;
  },
  "hand-written DataView writer": () => handWrittenWriter(() => {}),
  "diagnostics_channel, no subscriber": () => publish,
  "diagnostics_channel, a subscriber": () => {
    subscribe("bench", () => {});
    return publish;
  },
  "pino, to a writer that does nothing": () => {
    const logger = pino({}, { write: () => {} });
    return (name, offset, pages) => logger.info({ name, offset, pages }, "bench_block");
  },
};

const bench = channel("bench");
const publish: Call = (name, offset, pages) => bench.publish({ name, offset, pages });

function switchOn(sink: Parameters<typeof addSink>[0]): void {
  addSink(sink);
  enableEvents("bench_block");
}
