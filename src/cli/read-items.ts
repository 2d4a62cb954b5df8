import { DecodeError } from "../bytes/decode-error.js";
import type { StreamItem } from "../migration/wire/stream-item.js";
import type { StreamReaderOptions } from "../migration/wire/stream-reader-options.js";
import type { Io } from "./io.js";
import { openStream, type StreamChoice } from "./stream-input.js";

/** The items of a stream file, and what ended the reading early if it did. */
export interface ReadItems {
  readonly items: readonly StreamItem[];
  readonly failure: DecodeError | undefined;
}

/** Reads the items of a migration stream in a file; what is whole is kept when the rest is broken. */
export async function readItems(
  file: string,
  io: Io,
  options: StreamReaderOptions & StreamChoice = {},
): Promise<ReadItems> {
  const items: StreamItem[] = [];
  const failure = await eachItem(file, io, options, (item) => void items.push(item));
  return { items, failure };
}

/** Calls `take` with each item as it is read; gives what ended the reading early if it did. */
export async function eachItem(
  file: string,
  io: Io,
  options: StreamReaderOptions & StreamChoice,
  take: (item: StreamItem) => void | Promise<void>,
): Promise<DecodeError | undefined> {
  const input = await openStream(file, io, options);
  try {
    for await (const item of input.items(options)) await take(item);
    return undefined;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return error;
  } finally {
    await input.close();
  }
}
