import { DecodeError } from "../bytes/decode-error.js";
import { type NodeZlib, ZlibFeeder } from "./node-zlib.js";

const CHUNK = 65_536;

/**
 * Decompresses the members of gzip by Node's zlib, which verifies the checksum and the length at the
 * end of each. Zeros may follow the last. Throws `DecodeError`, with the offset in the compressed bytes.
 */
export async function* gunzip(
  chunks: AsyncIterable<Uint8Array>,
  zlib: NodeZlib,
): AsyncGenerator<Uint8Array, void, void> {
  const feeder = new ZlibFeeder(zlib.createGunzip({ chunkSize: CHUNK }));
  let offset = 0;
  // The stream's own end is an event, which may come later.
  const ended = () => feeder.consumed < offset;
  try {
    for await (const chunk of chunks) {
      if (!ended()) yield* located(feeder, chunk);
      offset += chunk.length;
      if (ended()) refuseOthers(chunk, offset - chunk.length, feeder.consumed);
    }
    if (!ended()) yield* located(feeder, undefined);
  } finally {
    feeder.close();
  }
}

async function* located(feeder: ZlibFeeder, bytes: Uint8Array | undefined) {
  try {
    yield* feeder.take(bytes);
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    const reason = code === "Z_BUF_ERROR" ? "cut short" : message;
    throw new DecodeError(reason, feeder.consumed);
  }
}

/** The stream ends at a zero after a member: nothing else may follow. */
function refuseOthers(chunk: Uint8Array, offset: number, consumed: number): void {
  const start = Math.max(0, consumed - offset);
  const other = chunk.subarray(start).findIndex((byte) => byte !== 0);
  if (other < 0) return;
  throw new DecodeError("other bytes after the last member", offset + start + other);
}
