import { createReadStream } from "node:fs";
import { open, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { RandomAccess } from "../migration/wire/random-access.js";
import { Failure, type Io } from "./io.js";
import { ABOUT_FILE, isRecordingFile } from "./recording-layout.js";

/** A file's text; `-` is standard input. Bytes that are no UTF-8 become U+FFFD. */
export async function readText(file: string, io: Io): Promise<string> {
  return Buffer.from(await readBytes(file, io)).toString("utf8");
}

/** All bytes of a file that is read at once; `-` is standard input. */
export async function readBytes(file: string, io: Io): Promise<Uint8Array> {
  if (file !== "-") {
    return readFile(file).catch((error: unknown) => {
      throw unreadable(file, error);
    });
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of readFileChunks(file, io)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A file's bytes, 1 MiB at a time; `-` is standard input. */
export async function* readFileChunks(file: string, io: Io): AsyncGenerator<Uint8Array> {
  try {
    yield* file === "-" ? io.stdin() : createReadStream(file, { highWaterMark: 1 << 20 });
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Opens a file to be read at any offset; close it when done. */
export async function openRandomAccess(
  file: string,
): Promise<RandomAccess & { readonly close: () => Promise<void> }> {
  try {
    const handle = await open(file);
    const info = await handle.stat();
    if (!info.isFile()) {
      await handle.close();
      throw info.isDirectory() ? await isFolder(file) : new Failure(`${file}: is no file`);
    }
    return {
      size: info.size,
      async read(offset, length) {
        const buffer = new Uint8Array(length);
        const { bytesRead } = await handle.read(buffer, 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
      close: () => handle.close(),
    };
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** How many bytes a file has. */
export async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Throws `Failure` where there is nothing to be read, or a folder. */
export async function refuseFolder(file: string): Promise<void> {
  const there = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (there.isDirectory()) throw await isFolder(file);
}

/**
 * Throws `Failure` for what was found in a folder and is not a regular file: qtrace would wait for a
 * FIFO's other end. Nothing if there is none.
 */
export async function refuseIrregular(file: string): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory()) throw await isFolder(file);
  if (there && !there.isFile()) throw new Failure(`${file}: is not a regular file`);
}

/** The names in a recording's folder. Throws `Failure` where one of its files is not a regular file. */
export async function namesInRecording(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const files = names.filter(isRecordingFile);
  await Promise.all(files.map((name) => refuseIrregular(path.join(folder, name))));
  return names;
}

/** The text of a folder's `recording.json`; empty where none can be read. */
export async function readAbout(folder: string): Promise<string> {
  const file = path.join(folder, ABOUT_FILE);
  try {
    await refuseIrregular(file);
    return await readFile(file, "utf8");
  } catch {
    return "";
  }
}

/** What there is to say of a folder where a file is wanted: which ones of a recording are in it. */
async function isFolder(folder: string): Promise<Failure> {
  const names = await readdir(folder).catch(() => []);
  const parts = names.filter((name) =>
    /\.(simpletrace|log)$|^(stream|channel\d+)\.bin$/.test(name),
  );
  const hint = parts.length > 0 ? `; in it are ${parts.sort().join(", ")}` : "";
  return new Failure(`${folder}: is a folder${hint}`);
}

/** True if there is such a file or folder. */
export async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** A trace-events file and the path that its group is named by. */
export interface TraceEventsFile {
  readonly file: string;
  /** Relative to the tree's top, with `/`. */
  readonly groupPath: string;
}

/**
 * The trace-events files that arguments name: a file stands for itself, a folder for every
 * `trace-events` below it, sorted by path; those in `node_modules` and in hidden folders do not count.
 */
export async function findTraceEvents(inputs: readonly string[]): Promise<TraceEventsFile[]> {
  const found = await Promise.all(inputs.map(expandInput));
  return found.flat();
}

async function expandInput(input: string): Promise<TraceEventsFile[]> {
  if (input === "-") return [{ file: input, groupPath: "trace-events" }];
  const info = await stat(input).catch((error: unknown) => {
    throw unreadable(input, error);
  });
  if (!info.isDirectory()) return [{ file: input, groupPath: groupPathOf(input) }];
  const entries = await readdir(input, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name === "trace-events")
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !isForeign(path.relative(input, file)))
    .sort();
  if (files.length === 0) throw new Failure(`${input}: no trace-events file in it or below`);
  return files.map((file) => ({ file, groupPath: slashes(path.relative(input, file)) }));
}

/** In a folder that holds other people's packages, or what is no source. */
function isForeign(file: string): boolean {
  return file.split(path.sep).some((part) => part === "node_modules" || part.startsWith("."));
}

/** A file named alone: the path as given, from the folder one is in; of one elsewhere, its own folder. */
function groupPathOf(file: string): string {
  const relative = path.relative(".", file);
  const outside = relative.startsWith("..") || path.isAbsolute(relative);
  return slashes(
    outside
      ? path.join(path.basename(path.dirname(path.resolve(file))), path.basename(file))
      : relative,
  );
}

/** A path with `/` between its parts. */
export function slashes(file: string): string {
  return file.split(path.sep).join("/");
}

/** Runs what reads or writes a file. Throws `Failure`, which names the file, where it fails. */
export function tryFor<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** What a process may have open is used up. */
const TOO_MANY_OPEN = "too many open files; raise the limit (ulimit -n)";

/** The failure that more files than allowed are open, if an error is that one. */
export function tooManyOpen(error: unknown): Failure | undefined {
  const { code } = error as { code?: unknown };
  return code === "EMFILE" || code === "ENFILE" ? new Failure(TOO_MANY_OPEN) : undefined;
}

/** What the system said, in the words of a user. */
export function unreadable(file: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = (error as NodeJS.ErrnoException).code;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "no such file or folder",
    EACCES: "permission denied",
    EISDIR: "is a folder",
    ENOTDIR: "not a folder",
    EEXIST: "not a folder",
    ENOSPC: "no space left",
    EROFS: "can only be read",
    EPERM: "not permitted",
    EMFILE: TOO_MANY_OPEN,
    ENFILE: TOO_MANY_OPEN,
  };
  const reason =
    (code && reasons[code]) ?? (error instanceof Error ? error.message : String(error));
  return new Failure(`${file}: ${reason}`);
}

/** The whole text of a small file of our own. */
export async function readOwnFile(file: string): Promise<string> {
  return readFile(file, "utf8");
}
