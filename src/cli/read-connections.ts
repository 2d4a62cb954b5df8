import type { DecodeError } from "../bytes/decode-error.js";
import { isSection, type StreamItem } from "../migration/wire/stream-item.js";
import type { StreamReaderOptions } from "../migration/wire/stream-reader-options.js";
import { sizeOf } from "./files.js";
import type { Io } from "./io.js";
import { type ReadItems, readItems } from "./read-items.js";

/** The items of a migration, of all its connections. */
export interface ReadConnections extends ReadItems {
  /** The file that `failure` is of, else the last one. */
  readonly broken: string;
}

/**
 * Reads the streams of a migration's main connection and of those by which it went on when it was
 * paused in postcopy. Offsets are those of what the files hold, joined. One that was lost ends
 * anywhere, so that only the last one fails for being cut short.
 */
export async function readConnections(
  files: readonly string[],
  io: Io,
  options: StreamReaderOptions,
): Promise<ReadConnections> {
  const items: StreamItem[] = [];
  let failure: DecodeError | undefined;
  let broken = files[0]!;
  let base = 0;
  for (const file of files) {
    const read = await readItems(file, io, options);
    for (const item of read.items) items.push(base === 0 ? item : moved(item, base));
    failure = read.failure;
    broken = file;
    if (failure && !isCut(failure)) break;
    // What a compressed file holds is longer than the file.
    if (files.length > 1) base += Math.max(await sizeOf(file), failure?.offset ?? 0);
  }
  return { items, failure, broken };
}

/** Whether the input ended too early, and was right as far as it went. */
export function isCut(failure: DecodeError): boolean {
  return failure.reason.startsWith("cut short");
}

function moved(item: StreamItem, by: number): StreamItem {
  const offset = item.offset + by;
  return isSection(item)
    ? { ...item, offset, dataOffset: item.dataOffset + by }
    : { ...item, offset };
}
