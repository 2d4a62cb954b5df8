import type { DecodeError } from "../bytes/decode-error.js";
import { STREAM_HEADER_SIZE } from "../migration/wire/stream-header.js";
import { isSection, type StreamItem } from "../migration/wire/stream-item.js";
import type { StreamReaderOptions } from "../migration/wire/stream-reader-options.js";
import { sizeOf } from "./files.js";
import type { Io } from "./io.js";
import { type ReadItems, readItems } from "./read-items.js";
import type { StreamChoice } from "./stream-input.js";

/** The items of a migration, of all its connections. */
export interface ReadConnections extends ReadItems {
  /** The file that `failure` is of, else the last one. */
  readonly broken: string;
}

/**
 * Reads the streams of a migration's main connection and of those by which it went on when it was
 * paused in postcopy; `offset` is that of the first one in its file. Offsets of items count from the
 * start of the stream, through all files, as the source counts its bytes. A connection that was lost
 * ends anywhere, so that only the last one fails for being cut short.
 */
export async function readConnections(
  files: readonly string[],
  io: Io,
  { offset, ...options }: StreamReaderOptions & StreamChoice,
): Promise<ReadConnections> {
  const items: StreamItem[] = [];
  let failure: DecodeError | undefined;
  let broken = files[0]!;
  let base = 0;
  for (const file of files) {
    const isFirst = file === files[0];
    const choice = isFirst && offset !== undefined ? { ...options, offset } : options;
    const read = await readItems(file, io, choice);
    if (isFirst) base = -startOf(read.items);
    for (const item of read.items) items.push(base === 0 ? item : moved(item, base));
    failure = read.failure;
    broken = file;
    if (failure && !isCut(failure)) break;
    // What a compressed file holds is longer than the file.
    if (files.length > 1) base += Math.max(await sizeOf(file), failure?.offset ?? 0);
  }
  return { items, failure, broken };
}

/** Where the stream begins in its file: a header stands before the first item, unless it resumes. */
function startOf([first]: readonly StreamItem[]): number {
  if (!first) return 0;
  const resumes = first.type === "command" && first.command.name === "RECV_BITMAP";
  return resumes ? first.offset : first.offset - STREAM_HEADER_SIZE;
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
