import { closeSync, openSync, readSync } from "node:fs";
import type { PullBytes } from "../migration/wire/multifd-pages.js";
import { unreadable } from "./files.js";

const CHUNK = 1024 * 1024;

/** A file's bytes, a MiB at each call; it is closed behind the last. */
export function pullFile(file: string): PullBytes {
  let handle: number | undefined;
  let done = false;
  return () => {
    if (done) return undefined;
    try {
      handle ??= openSync(file, "r");
      const buffer = new Uint8Array(CHUNK);
      const length = readSync(handle, buffer, 0, CHUNK, null);
      if (length > 0) return buffer.subarray(0, length);
      closeSync(handle);
      done = true;
      return undefined;
    } catch (error) {
      throw unreadable(file, error);
    }
  };
}
