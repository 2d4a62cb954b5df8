import { rmSync } from "node:fs";
import { chmod, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { unreadable } from "./files.js";
import type { Io } from "./io.js";

/**
 * Gives a file new contents, at once or not at all: a reader sees the old ones or the new ones. Its
 * mode is kept, and a link goes on pointing to it.
 */
export async function replaceFile(file: string, contents: string | Uint8Array): Promise<void> {
  try {
    const target = await realpath(file);
    const { mode } = await stat(target);
    const temporary = temporaryBeside(target);
    try {
      await writeFile(temporary, contents, { flag: "wx" });
      await chmod(temporary, mode);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** A file beside another, which is to take its place. */
export interface Replacement {
  /** Its path until then. */
  readonly temporary: string;
  readonly commit: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

/**
 * Makes an empty file that takes the place of `file`, which need not be there, when it is whole; an
 * interruption removes it. Undefined where the folder takes no new files but has that one. Throws
 * `Failure` where `file` cannot be written.
 */
export async function openReplacement(file: string, io: Io): Promise<Replacement | undefined> {
  const target = await realpath(file).catch(() => file);
  const there = await stat(target).catch(() => undefined);
  const temporary = temporaryBeside(target);
  try {
    if (there) await (await open(target, "r+")).close();
    await (await open(temporary, "wx", there?.mode)).close();
  } catch (error) {
    if (there && (error as NodeJS.ErrnoException).path === temporary) return undefined;
    throw unreadable(file, error);
  }
  const remove = () => {
    rmSync(temporary, { force: true });
    // Nobody listens to it any more: now it ends the process.
    process.kill(process.pid, "SIGINT");
  };
  const interrupted = io.interruption?.();
  interrupted?.addEventListener("abort", remove);
  const settle = async (work: Promise<void>) => {
    interrupted?.removeEventListener("abort", remove);
    await work.catch((error: unknown) => {
      throw unreadable(file, error);
    });
  };
  return {
    temporary,
    commit: () => settle(rename(temporary, target)),
    discard: () => settle(rm(temporary, { force: true })),
  };
}

function temporaryBeside(target: string): string {
  return path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`);
}
