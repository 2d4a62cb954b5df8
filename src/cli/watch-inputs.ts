import { type FSWatcher, statSync, watch } from "node:fs";
import path from "node:path";
import { unreadable } from "./files.js";

/** Editors write a file in several steps; so long nothing must happen until a change counts. */
const QUIET_MS = 50;

/**
 * Yields whenever one of the files, or a `trace-events` below one of the folders, has changed. Never
 * ends by itself. Files are watched by their folder, since editors put a new file in their place.
 */
export async function* watchInputs(inputs: readonly string[]): AsyncGenerator<void> {
  let changed = () => {};
  let pending = false;
  const watchers = inputs.map((input) =>
    watchInput(input, () => {
      pending = true;
      changed();
    }),
  );
  try {
    while (true) {
      if (!pending) await new Promise<void>((resolve) => (changed = resolve));
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      pending = false;
      yield;
    }
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}

function watchInput(input: string, onChange: () => void): FSWatcher {
  try {
    const isFolder = statSync(input).isDirectory();
    const folder = isFolder ? input : path.dirname(input);
    const wanted = isFolder ? "trace-events" : path.basename(input);
    return watch(folder, { recursive: isFolder }, (_event, name) => {
      if (name === null || path.basename(name) === wanted) onChange();
    });
  } catch (error) {
    throw unreadable(input, error);
  }
}
