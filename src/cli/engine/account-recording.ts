import { copyFile } from "node:fs/promises";
import path from "node:path";
import { textReport } from "../../report/text.js";
import { unreadable } from "../files.js";
import { Failure, type Io } from "../io.js";
import { analyzeRecording, findRecording } from "../recording.js";

/** Traces that an engine's command was told of. */
export interface GivenTraces {
  readonly sourceTrace?: string | undefined;
  readonly destinationTrace?: string | undefined;
}

/**
 * Puts the traces beside what was recorded and prints the account of all; gives true if some of it
 * was damaged.
 */
export async function accountRecording(
  folder: string,
  { sourceTrace, destinationTrace }: GivenTraces,
  events: readonly string[] | undefined,
  io: Io,
): Promise<boolean> {
  await copyTrace(sourceTrace, folder, "source");
  await copyTrace(destinationTrace, folder, "destination");
  const read = await readAccount(folder, events, io);
  if (!read) {
    io.err(`qtrace: what came is in ${folder}\n`);
    return true;
  }
  await io.out(textReport(read.account, io.outColumns));
  await io.out(`\nThe recording is in ${folder}; see its account again with\n`);
  await io.out(`  qtrace analyze ${folder}\n`);
  return read.damaged;
}

/** Of what is no migration there is no account; the recording is there all the same. */
async function readAccount(folder: string, events: readonly string[] | undefined, io: Io) {
  try {
    return await analyzeRecording(await findRecording(folder), events, io);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    io.err(`qtrace: ${error.message}\n`);
    return undefined;
  }
}

async function copyTrace(trace: string | undefined, folder: string, side: string): Promise<void> {
  if (trace === undefined) return;
  const extension = trace.endsWith(".log") ? "log" : "simpletrace";
  await copyFile(trace, path.join(folder, `${side}.${extension}`)).catch((error: unknown) => {
    throw unreadable(trace, error);
  });
}
