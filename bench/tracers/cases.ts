/** What is measured: calls with three arguments, one of them a string. */

import { channel, subscribe } from "node:diagnostics_channel";
import pino from "pino";
import { trace_savevm_section_end } from "../../generated/migration.js";
import { addSink, enableEvents, LogSink, MemorySink, SimpleSink } from "../../src/runtime/index.js";
import { handWrittenWriter } from "./hand-written.js";

/** What is called over and over: `savevm_section_end` of generated/, or what stands for it. */
export type Call = (name: string, offset: number, host: number) => void;

/** By name: sets things up and gives what is to be called. */
export const cases: Readonly<Record<string, () => Call>> = {
  "empty function": () => (_name, _offset, _host) => {},
  "tracer, off": () => trace_savevm_section_end,
  "tracer, on to memory": () => {
    const sink = new MemorySink();
    switchOn(sink);
    return (name, offset, host) => {
      if (sink.records.length === 10_000) sink.records.length = 0;
      trace_savevm_section_end(name, offset, host);
    };
  },
  "tracer, on to simple": () => {
    switchOn(new SimpleSink({ write: () => {} }));
    return trace_savevm_section_end;
  },
  "tracer, on to log": () => {
    switchOn(new LogSink({ write: () => {} }));
    return trace_savevm_section_end;
  },
  "hand-written DataView writer": () => handWrittenWriter(() => {}),
  "diagnostics_channel, no subscriber": () => publish,
  "diagnostics_channel, a subscriber": () => {
    subscribe("bench", () => {});
    return publish;
  },
  "pino, to a writer that does nothing": () => {
    const logger = pino({}, { write: () => {} });
    return (name, offset, host) => logger.info({ name, offset, host }, "savevm_section_end");
  },
};

const bench = channel("bench");
const publish: Call = (name, offset, host) => bench.publish({ name, offset, host });

function switchOn(sink: Parameters<typeof addSink>[0]): void {
  addSink(sink);
  enableEvents("savevm_section_end");
}
