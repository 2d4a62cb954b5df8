import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { ByteChannel } from "../../../src/migration/engine/byte-channel.js";

/** A socket that takes so many bytes a millisecond, until it is `lost`, which each chunk asks. */
export function slowChannel(
  socket: Socket,
  pace: number,
  lost: (bytes: number) => boolean,
): ByteChannel {
  let free: Promise<unknown> = Promise.resolve();
  const write = async (chunk: Uint8Array, callback: (error?: Error | null) => void) => {
    await delay(chunk.length / pace);
    if (lost(chunk.length)) socket.destroy(new Error("the connection broke"));
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
