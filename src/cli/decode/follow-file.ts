import { open, stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { unreadable } from "../files.js";
import { Failure } from "../io.js";

const BLOCK = 1 << 20;
/** How often a file is asked for more: short beside what a person notices. */
const PAUSE_MS = 100;

/**
 * A file's bytes, and those that are written to it later, until `stop` is aborted. Throws `Failure`
 * where the file becomes shorter, or another takes its place: what was read is not its beginning.
 */
export async function* followFile(file: string, stop: AbortSignal): AsyncGenerator<Uint8Array> {
  const handle = await open(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  let done = 0;
  try {
    const { ino } = await handle.stat();
    let block = new Uint8Array(BLOCK);
    while (!stop.aborted) {
      const { bytesRead } = await handle.read(block, 0, BLOCK, null);
      done += bytesRead;
      if (bytesRead > 0) {
        yield block.subarray(0, bytesRead);
        block = new Uint8Array(BLOCK);
        continue;
      }
      const now = await stat(file).catch(() => undefined);
      if (now === undefined || now.ino !== ino) throw new Failure(`${file} was taken away`, 1);
      if (now.size < done && now.isFile())
        throw new Failure(`${file} was cut to ${now.size} bytes`, 1);
      await setTimeout(PAUSE_MS, undefined, { signal: stop }).catch(() => {});
    }
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    await handle.close();
  }
}
