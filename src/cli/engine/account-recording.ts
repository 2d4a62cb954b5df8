import { createReadStream, createWriteStream, statSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { textReport } from "../../report/text.js";
import { withoutControls } from "../../without-controls.js";
import { unreadable } from "../files.js";
import { Failure, type Io } from "../io.js";
import { OutputFolder } from "../outputs/output-folder.js";
import { analyzeRecording, findRecording } from "../recording.js";
import { eventsFile, traceFile } from "../recording-layout.js";

/** Traces that an engine's command was told of, and declarations of their events, side by side. */
export interface GivenTraces {
  readonly sourceTrace?: string | undefined;
  readonly destinationTrace?: string | undefined;
  readonly sourceEvents?: string | undefined;
  readonly destinationEvents?: string | undefined;
}

/**
 * Puts the traces, and their declarations, beside what was recorded and prints the account of all.
 * Returns true if some of it was damaged, or the traces show that the migration failed.
 */
export async function accountRecording(
  folder: string,
  given: GivenTraces,
  events: readonly string[] | undefined,
  io: Io,
): Promise<boolean> {
  await copyTrace(given.sourceTrace, folder, "source");
  await copyTrace(given.destinationTrace, folder, "destination");
  await copy(given.sourceEvents, folder, eventsFile("source"));
  await copy(given.destinationEvents, folder, eventsFile("destination"));
  const read = await readAccount(folder, events, io);
  if (!read) {
    io.err(`qtrace: what came is in ${folder}\n`);
    return true;
  }
  await io.out(textReport(read.account, io.outColumns));
  const shown = withoutControls(folder);
  await io.out(`\nThe recording is in ${shown}; see its account again with\n`);
  await io.out(`  qtrace analyze ${shown}\n`);
  const { state } = read.account.outcome;
  const failed = state === "failed" || state === "cancelled";
  if (failed) io.err(`qtrace: by the traces, the migration ${FAILED[state]}\n`);
  return read.damaged || failed;
}

const FAILED = { failed: "failed", cancelled: "was cancelled" };

/** Of what is no migration there is no account; the recording is there all the same. */
async function readAccount(folder: string, events: readonly string[] | undefined, io: Io) {
  try {
    const read = await analyzeRecording(await findRecording(folder), events, io);
    // Neither the stream nor a trace has an item: the trace of our own end is always there.
    const isNothing = read.reported.length > 0 && read.account.items.length === 0;
    return isNothing ? undefined : read;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    io.err(`qtrace: ${error.message}\n`);
    return undefined;
  }
}

async function copyTrace(
  trace: string | undefined,
  folder: string,
  side: "source" | "destination",
): Promise<void> {
  await copy(trace, folder, traceFile(side, trace?.endsWith(".log") ? "log" : "simpletrace"));
}

async function copy(file: string | undefined, folder: string, name: string): Promise<void> {
  // A QEMU may have written its trace there itself.
  if (file === undefined || isSameFile(file, path.join(folder, name))) return;
  const files = new OutputFolder(folder, { guestData: true });
  try {
    const bytes = createReadStream(file);
    await pipeline(bytes, createWriteStream("", { fd: files.create(name) }));
    files.commit();
  } catch (error) {
    files.discard();
    throw unreadable(file, error);
  }
}

function isSameFile(a: string, b: string): boolean {
  const [first, second] = [a, b].map((file) => statSync(file, { throwIfNoEntry: false }));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}
