import type { Socket } from "node:net";
import type { ChannelRecorder } from "./channel-recorder.js";

/**
 * Called with each chunk that passes, and when it came (CLOCK_MONOTONIC); its recorder, if it is
 * recorded, may ask for a pause.
 */
export type Passing = (chunk: Uint8Array, at: bigint) => ChannelRecorder | undefined;

/**
 * Passes on all that comes from one socket to another, and its end; resolves behind that. Neither a
 * slow taker nor a slow disk makes it hold more than a few chunks, and no chunk is asked for before
 * the last one is sent (see `reusedReads`). Rejects when either breaks.
 */
export function relay(from: Socket, to: Socket, passing: Passing): Promise<void> {
  return new Promise((resolve, reject) => {
    let held = 0;
    let isSending = false;
    const hold = () => {
      if (held++ === 0) from.pause();
    };
    const release = () => {
      if (--held === 0) from.resume();
    };
    const sent = () => {
      if (!isSending || to.writableLength > 0) return;
      isSending = false;
      release();
    };
    const take = (chunk: Buffer) => {
      // Before it is passed on, so that no time is later than what the destination does with it.
      const at = process.hrtime.bigint();
      to.write(chunk, sent);
      if (to.writableLength > 0 && !isSending) {
        isSending = true;
        hold();
      }
      const recorder = passing(chunk, at);
      if (recorder?.isFull) {
        hold();
        void recorder.room().then(release);
      }
    };
    from.on("data", take);
    from.once("end", () => to.end(resolve));
    for (const socket of [from, to]) {
      socket.on("error", reject);
      socket.once("close", () => reject(new Error("closed before its end")));
    }
    from.resume();
  });
}
