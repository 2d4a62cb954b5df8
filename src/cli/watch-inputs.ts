import { type FSWatcher, statSync, watch } from "node:fs";
import path from "node:path";
import { unreadable } from "./files.js";

/** Editors write a file in several steps; so long nothing must happen until a change counts. */
const QUIET_MS = 50;

/**
 * Watches from now on, and yields whenever one of the files, or a `trace-events` below one of the
 * folders, has changed since. Never ends by itself. Files are watched by their folder, since editors
 * put a new file in their place.
 */
export function watchInputs(inputs: readonly string[]): AsyncGenerator<void> {
  const seen = new Seen();
  const watchers = inputs.map((input) => watchInput(input, () => seen.note()));
  return changes(seen, watchers);
}

/** Whether something has changed that was not yielded yet. */
class Seen {
  #pending = false;
  #wake = () => {};

  note(): void {
    this.#pending = true;
    this.#wake();
  }

  async take(): Promise<void> {
    if (!this.#pending) await new Promise<void>((resolve) => (this.#wake = resolve));
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    this.#pending = false;
  }
}

async function* changes(seen: Seen, watchers: readonly FSWatcher[]): AsyncGenerator<void> {
  try {
    while (true) {
      await seen.take();
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
