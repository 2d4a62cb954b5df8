import { stat } from "node:fs/promises";
import { fileChunks } from "../../traces/file-chunks.js";
import { unreadable } from "../files.js";
import type { Io } from "../io.js";
import { Progress } from "../progress.js";
import { byProgram } from "../run-decompressor.js";

/**
 * A trace's bytes, with a bar on the terminal that tells how much of it was read. A block is good
 * until the one behind the next is asked for. `-` is standard input.
 */
export async function* traceChunks(
  trace: string,
  io: Io,
  progress: Progress,
): AsyncGenerator<Uint8Array> {
  try {
    yield* byProgram(trace, watched(trace, io, progress));
  } finally {
    progress.clear();
  }
}

async function* watched(trace: string, io: Io, progress: Progress) {
  let done = 0;
  try {
    for await (const chunk of trace === "-" ? io.stdin() : fileChunks(trace)) {
      done += chunk.length;
      progress.update(done);
      yield chunk;
    }
  } catch (error) {
    throw unreadable(trace, error);
  }
}

/** A bar for a trace; none where results are printed on the same terminal. */
export async function traceProgress(trace: string, toFile: boolean, io: Io): Promise<Progress> {
  if (trace === "-" || (io.outTerminal && !toFile)) return new Progress(io, undefined);
  const { size } = await stat(trace).catch(() => ({ size: undefined }));
  return new Progress(io, size);
}
