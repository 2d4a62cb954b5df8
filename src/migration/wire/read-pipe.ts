import { readFed } from "../../bytes/fed-reader.js";
import { RevisingReader } from "./revising-reader.js";
import type { StreamItem } from "./stream-item.js";
import type { StreamReaderOptions } from "./stream-reader-options.js";

/**
 * The items of a stream that comes as it comes: from a pipe, a socket, a decompressor.
 *
 * Items are given as they are read, up to the first device's section. From there on they are held
 * until the VMDESCRIPTION has come, and then given as it describes them. Where none comes, they are
 * given with their ends as the footers tell. Throws `DecodeError` behind the last whole item.
 */
export async function* readPipe(
  chunks: AsyncIterable<Uint8Array>,
  options: StreamReaderOptions = {},
): AsyncGenerator<StreamItem, void, void> {
  const reader = new RevisingReader(options);
  for await (const chunk of chunks) {
    reader.append(chunk);
    yield* readFed(reader);
  }
  reader.end();
  yield* readFed(reader);
  await reader.settle();
  yield* readFed(reader);
}
