import type { Socket } from "node:net";

/**
 * The first chunk that comes on a socket, which is paused then; `undefined` if it ends before, or the
 * signal comes first. Whoever takes the socket over emits the chunk again.
 */
export function firstChunk(socket: Socket, signal: AbortSignal): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const settle = (chunk?: Buffer) => {
      socket.off("data", settle).off("end", ended).off("close", ended);
      signal.removeEventListener("abort", ended);
      socket.pause();
      resolve(chunk);
    };
    const ended = () => settle();
    socket.on("data", settle).on("end", ended).on("close", ended);
    signal.addEventListener("abort", ended, { once: true });
    if (signal.aborted) ended();
    else socket.resume();
  });
}
