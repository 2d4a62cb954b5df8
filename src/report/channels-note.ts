import type { MigrationAccount } from "../analysis/account.js";
import { formatBytes } from "./units.js";

/** How the bytes of a stream spread over its channels; undefined if there is only the main one. */
export function channelsNote(account: MigrationAccount): string | undefined {
  const { streamSize, channelBytes, items } = account;
  if (streamSize === undefined || channelBytes.length === 0) return undefined;
  const others = formatBytes(channelBytes.reduce((sum, bytes) => sum + bytes, 0));
  const channels = channelBytes.length === 1 ? "channel" : "channels";
  return (
    `${formatBytes(streamSize)} in ${items.length} items on the main channel, ` +
    `${others} on ${channelBytes.length} additional ${channels}`
  );
}
