import { createWriteStream } from "node:fs";
import { appendFile, stat, writeFile } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { unreadable } from "../files.js";
import { Failure, type Io } from "../io.js";
import type { Put } from "./record-sink.js";

/** Where results go. */
export interface Output {
  readonly put: Put;
  readonly close: () => Promise<void>;
}

/** Opens the file that results go to, emptied; without one they go to stdout. */
export async function openOutput(file: string | undefined, input: string, io: Io): Promise<Output> {
  if (file === undefined) return { put: io.out, close: async () => {} };
  await refuseInput(file, input);
  const stream = createWriteStream(file);
  const done = finished(stream);
  // It is waited for below; a failure before that is none that nobody looks at.
  done.catch(() => {});
  const failing = (reason: unknown) => {
    throw unreadable(file, reason);
  };
  return {
    async put(piece) {
      if (stream.write(piece)) return;
      await Promise.race([
        new Promise<void>((resolve) => stream.once("drain", resolve)),
        done,
      ]).catch(failing);
    },
    async close() {
      stream.end();
      await done.catch(failing);
    },
  };
}

/** Writes a file piece by piece, and holds it open at no time: there may be thousands. */
export function appender(file: string): Put {
  let begun = false;
  return async (piece) => {
    const write = begun ? appendFile : writeFile;
    begun = true;
    await write(file, piece).catch((error: unknown) => {
      throw unreadable(file, error);
    });
  };
}

/** An output that is the input too would be emptied before it is read. */
async function refuseInput(file: string, input: string): Promise<void> {
  const [there, source] = await Promise.all(
    [file, input].map((name) => stat(name).catch(() => {})),
  );
  if (there?.isFile() && there.dev === source?.dev && there.ino === source.ino) {
    throw new Failure(`${file} is the trace itself: give another --output`);
  }
}
