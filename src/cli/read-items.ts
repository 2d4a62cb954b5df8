import { DecodeError } from "../bytes/decode-error.js";
import { readStream } from "../migration/wire/read-stream.js";
import type { StreamItem } from "../migration/wire/stream-item.js";
import { openRandomAccess } from "./files.js";

/** The items of a stream file, and what ended the reading early if it did. */
export interface ReadItems {
  readonly items: readonly StreamItem[];
  readonly failure: DecodeError | undefined;
}

/** Reads the items of a migration stream in a file; what is whole is kept when the rest is broken. */
export async function readItems(file: string): Promise<ReadItems> {
  const access = await openRandomAccess(file);
  const items: StreamItem[] = [];
  try {
    for await (const item of readStream(access)) items.push(item);
    return { items, failure: undefined };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { items, failure: error };
  } finally {
    await access.close();
  }
}
