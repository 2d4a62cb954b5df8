import { once } from "node:events";
import {
  closeSync,
  constants,
  createWriteStream,
  fchmodSync,
  ftruncateSync,
  openSync,
  renameSync,
  type WriteStream,
} from "node:fs";
import { finished } from "node:stream/promises";
import { unreadable } from "../files.js";
import type { Inputs } from "../io.js";
import { createNewFile, GUEST_FILE_MODE } from "./guest-file.js";
import { type OutputTarget, resolveOutput } from "./output-target.js";
import {
  createTemporary,
  forgetTemporary,
  removeTemporary,
  temporaryBeside,
} from "./temporary-files.js";

/** How an output is written. */
export interface OutputOptions {
  /** What must not be overwritten. */
  readonly inputs?: Inputs | undefined;
  /** Whether it holds guest data: then its mode is 0600 whatever the umask or the old file's mode. */
  readonly guestData?: boolean;
  /** Whether others read it while it is written: then it has its name from the start, as a device has. */
  readonly live?: boolean;
}

/** A file that is being written. */
export interface OutputFile {
  /** Resolves when more may be written. */
  readonly write: (piece: string | Uint8Array) => Promise<void>;
  /** Ends the contents: after that there is room on the disk for all of it. */
  readonly finish: () => Promise<void>;
  /** Finishes it and gives it its name; a file that had the name is gone now. */
  readonly commit: () => Promise<void>;
  /** Gives it up: a file of that name is as it was before. */
  readonly discard: () => Promise<void>;
}

/**
 * Opens an output. A regular file is written beside, under another name, and renamed when complete; its
 * mode is kept, and a link still points to it. Throws `Failure` where it cannot be written.
 */
export async function openOutput(file: string, options: OutputOptions = {}): Promise<OutputFile> {
  options.inputs?.refuse(file);
  try {
    const target = resolveOutput(file);
    if (target.kind === "file" && !options.live) {
      const replacement = openReplacement(target, options);
      if (replacement) return output(file, streamTo(replacement.handle), replacement);
    }
    return output(file, openInPlace(target, options));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Writes a complete output. Throws `Failure`; then a file of that name is as it was before. */
export async function writeOutput(
  file: string,
  contents: string | Uint8Array,
  options: OutputOptions = {},
): Promise<void> {
  const opened = await openOutput(file, options);
  try {
    await opened.write(contents);
    await opened.commit();
  } catch (error) {
    await opened.discard();
    throw error;
  }
}

type FileTarget = Extract<OutputTarget, { kind: "file" }>;

interface Replacement {
  readonly handle: number;
  readonly temporary: string;
  readonly path: string;
}

/** None where the folder takes no new files but has that one. */
function openReplacement(
  { path, mode }: FileTarget,
  { guestData }: OutputOptions,
): Replacement | undefined {
  const temporary = temporaryBeside(path);
  try {
    const handle = createTemporary(temporary, () =>
      createNewFile(temporary, guestData ? GUEST_FILE_MODE : mode),
    );
    return { handle, temporary, path };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (mode !== undefined && (code === "EACCES" || code === "EPERM")) return undefined;
    throw error;
  }
}

function openInPlace(target: OutputTarget, { guestData }: OutputOptions): WriteStream {
  if (target.kind === "descriptor") {
    return createWriteStream("", { fd: target.descriptor, autoClose: false });
  }
  // Opened in the background: a FIFO may get its reader later.
  if (target.kind === "device") return createWriteStream(target.path);
  const { path, mode } = target;
  if (mode === undefined)
    return streamTo(createNewFile(path, guestData ? GUEST_FILE_MODE : undefined));
  const handle = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    if (guestData) fchmodSync(handle, GUEST_FILE_MODE);
    ftruncateSync(handle);
  } catch (error) {
    closeSync(handle);
    throw error;
  }
  return streamTo(handle);
}

function streamTo(handle: number): WriteStream {
  return createWriteStream("", { fd: handle });
}

/** Errors name `file`, wherever it is written. */
function output(file: string, stream: WriteStream, replacement?: Replacement): OutputFile {
  const done = finished(stream);
  // It is waited for below; a failure before that is reported there.
  done.catch(() => {});
  const failing = (reason: unknown) => {
    throw unreadable(file, reason);
  };
  const finish = async () => {
    stream.end();
    await done.catch(failing);
  };
  return {
    async write(piece) {
      if (stream.write(piece)) return;
      await Promise.race([once(stream, "drain"), done]).catch(failing);
    },
    finish,
    async commit() {
      await finish();
      if (!replacement) return;
      try {
        renameSync(replacement.temporary, replacement.path);
      } catch (error) {
        failing(error);
      }
      forgetTemporary(replacement.temporary);
    },
    async discard() {
      stream.destroy();
      await done.catch(() => {});
      if (replacement) removeTemporary(replacement.temporary);
    },
  };
}
