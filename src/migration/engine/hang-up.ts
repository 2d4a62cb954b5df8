import type { ByteChannel } from "./byte-channel.js";
import type { ChannelInput } from "./channel-input.js";
import { type ChannelOutput, streamOutput } from "./channel-output.js";

/** Milliseconds that the peer has for closing its way. */
const CLOSE_TIME = 1000;

/**
 * Closes both ways of a channel when all is said: ends the one, and reads the other away until the
 * peer has ended it too, as otherwise the last words could be lost. Never fails: what matters has
 * been said, or is said by `lastWords`, which writes as much as the peer will take.
 */
export async function hangUp(
  channel: ByteChannel,
  input: ChannelInput,
  lastWords: (output: ChannelOutput) => Promise<void> = async () => {},
): Promise<void> {
  const signal = AbortSignal.timeout(CLOSE_TIME);
  const output = streamOutput(channel, { signal });
  const ended = lastWords(output).then(() => output.end());
  await Promise.allSettled([ended, input.drain({ signal })]);
  input.close();
  channel.destroy();
}
