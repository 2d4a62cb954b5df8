import { open, stat } from "node:fs/promises";
import { HEADER_LENGTH, readSimpletraceHeader } from "../../traces/simpletrace/header.js";
import type { SinkOptions } from "./make-sink.js";

/** What of the options decides how many threads print a trace. */
export interface JobOptions extends SinkOptions {
  readonly events?: readonly string[];
  readonly jobs?: number;
}

/** How many threads print a trace, and how many bytes of it. */
export interface Jobs {
  readonly jobs: number;
  readonly size: number;
}

/** As many threads as are asked for where they can be of use: for all records of a simpletrace file. */
export async function countJobs(trace: string, options: JobOptions): Promise<Jobs> {
  const { jobs = 1 } = options;
  const size = jobs > 1 && isShared(trace, options) ? await simpletraceSize(trace) : 0;
  return size > 0 ? { jobs, size } : { jobs: 1, size };
}

function isShared(trace: string, { stats, perEvent, follow, events }: JobOptions): boolean {
  if (stats || perEvent || follow) return false;
  return trace !== "-" && !events?.includes("-");
}

/** How long a file is that has simpletrace's header; 0 for others, and what cannot be opened. */
async function simpletraceSize(trace: string): Promise<number> {
  // To open a named pipe, and close it again, would take its writer's reader away.
  const info = await stat(trace).catch(() => undefined);
  const file = info?.isFile() ? await open(trace).catch(() => undefined) : undefined;
  if (!info || !file) return 0;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_LENGTH), 0, HEADER_LENGTH, 0);
    const header = readSimpletraceHeader(buffer.subarray(0, bytesRead));
    return typeof header === "string" || header.version === 0n ? 0 : info.size;
  } finally {
    await file.close();
  }
}
