import { DecodeError } from "../../../src/bytes/decode-error.js";
import type { StreamItem } from "../../../src/migration/wire/stream-item.js";
import { StreamReader } from "../../../src/migration/wire/stream-reader.js";
import type { StreamReaderOptions } from "../../../src/migration/wire/stream-reader-options.js";

export interface Walk {
  readonly items: readonly StreamItem[];
  /** What ended the walk; anything but a DecodeError is thrown. */
  readonly error: DecodeError | undefined;
}

/** Reads a whole stream, in chunks of `chunk` bytes. */
export function walk(
  bytes: Uint8Array,
  options: StreamReaderOptions = {},
  chunk = 65536,
  seen: (item: StreamItem) => void = () => {},
): Walk {
  const items: StreamItem[] = [];
  try {
    for (const item of itemsOf(bytes, options, chunk)) {
      seen(item);
      items.push(item);
    }
  } catch (error) {
    if (error instanceof DecodeError) return { items, error };
    throw error;
  }
  return { items, error: undefined };
}

function* itemsOf(
  bytes: Uint8Array,
  options: StreamReaderOptions,
  chunk: number,
): Generator<StreamItem, void, void> {
  const reader = new StreamReader(options);
  for (let at = 0; at <= bytes.length; at += chunk) {
    if (at < bytes.length) reader.append(bytes.subarray(at, at + chunk));
    if (at + chunk >= bytes.length) reader.end();
    for (let item = reader.next(); item; item = reader.next()) yield item;
  }
}
