import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { appendFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import { unreadable } from "../files.js";
import { Failure, type Io } from "../io.js";
import { makeFolders } from "../make-folders.js";
import { openReplacement } from "../replace-file.js";
import type { Put } from "./record-sink.js";

/** Where results go. */
export interface Output {
  readonly put: Put;
  /** Ends it: only now a file has its name. */
  readonly close: () => Promise<void>;
  /** Gives it up: a file of that name is as it was before. */
  readonly discard: () => Promise<void>;
}

/**
 * Opens what results go to: stdout unless a file is told. A file takes its name at the end; with
 * `live`, as other readers wait for what is written, it has it from the beginning on, as a device has.
 */
export async function openOutput(
  file: string | undefined,
  input: string,
  live: boolean,
  io: Io,
): Promise<Output> {
  if (file === undefined) return { put: io.out, close: nothing, discard: nothing };
  const there = await refuseInput(file, input);
  const replacement =
    live || (there && !there.isFile()) ? undefined : await openReplacement(file, io);
  const writer = openWriter(file, replacement?.temporary ?? file);
  return {
    put: writer.put,
    async close() {
      await writer.close();
      await replacement?.commit();
    },
    async discard() {
      await writer.destroy();
      await replacement?.discard();
    },
  };
}

const nothing = async () => {};

/** Writes to a path; errors name `file`. */
function openWriter(file: string, at: string) {
  const stream = createWriteStream(at);
  const done = finished(stream);
  // It is waited for below; a failure before that is none that nobody looks at.
  done.catch(() => {});
  const failing = (reason: unknown) => {
    throw unreadable(file, reason);
  };
  return {
    async put(piece: string | Uint8Array) {
      if (stream.write(piece)) return;
      await Promise.race([once(stream, "drain"), done]).catch(failing);
    },
    async close() {
      stream.end();
      await done.catch(failing);
    },
    async destroy() {
      stream.destroy();
      await done.catch(() => {});
    },
  };
}

/**
 * Writes a file in a folder piece by piece, both made when there is something to write. It holds the
 * file open at no time: there may be thousands.
 */
export function appender(folder: string, name: string): Put {
  const file = path.join(folder, name);
  let begun = false;
  const failing = (named: string) => (error: unknown) => {
    throw unreadable(named, error);
  };
  return async (piece) => {
    if (!begun) await makeFolders(folder).catch(failing(folder));
    await (begun ? appendFile : writeFile)(file, piece).catch(failing(file));
    begun = true;
  };
}

/** An output that is the input too would be emptied before it is read. Gives what is there. */
async function refuseInput(file: string, input: string) {
  const [there, source] = await Promise.all(
    [file, input].map((name) => stat(name).catch(() => undefined)),
  );
  if (there?.isFile() && there.dev === source?.dev && there.ino === source.ino) {
    throw new Failure(`${file} is the trace itself: give another --output`);
  }
  return there;
}
