import { readFed } from "../../bytes/fed-reader.js";
import { findVmDescription } from "./find-vm-description.js";
import type { RandomAccess } from "./random-access.js";
import type { StreamItem } from "./stream-item.js";
import { StreamReader } from "./stream-reader.js";
import type { StreamReaderOptions } from "./stream-reader-options.js";

const CHUNK = 1024 * 1024;

/**
 * The items of a stream, from `options.offset` on, that can be looked into from its end: its VMDESCRIPTION is found first and
 * ends the vmstate sections. Throws `DecodeError` behind the last whole item.
 */
export async function* readStream(
  source: RandomAccess,
  options: StreamReaderOptions = {},
): AsyncGenerator<StreamItem, void, void> {
  const description = options.description ?? (await findVmDescription(source));
  const reader = new StreamReader({ ...options, ...(description && { description }) });
  for (let offset = options.offset ?? 0; offset < source.size; offset += CHUNK) {
    reader.append(await source.read(offset, Math.min(CHUNK, source.size - offset)));
    yield* readFed(reader);
  }
  reader.end();
  yield* readFed(reader);
}
