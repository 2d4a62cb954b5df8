import type { Socket } from "node:net";
import type { ByteChannel } from "../../../src/migration/engine/byte-channel.js";

/**
 * A socket before each of whose chunks something is awaited, which is told the chunk's length; it is
 * lost when that throws.
 */
export function heldChannel(
  socket: Socket,
  before: (bytes: number) => Promise<unknown>,
): ByteChannel {
  let free: Promise<unknown> = Promise.resolve();
  const write = async (chunk: Uint8Array, callback: (error?: Error | null) => void) => {
    await before(chunk.length).catch((error) => socket.destroy(error));
    socket.write(chunk, callback);
  };
  return {
    write: (chunk, callback) => {
      free = free.then(() => write(chunk, callback));
    },
    end: (callback) => void free.then(() => socket.end(callback)),
    destroy: (error) => socket.destroy(error),
    on: (event, listener) => socket.on(event, listener),
    [Symbol.asyncIterator]: () => socket[Symbol.asyncIterator](),
  };
}
