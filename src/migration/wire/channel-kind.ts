import { RAM_FLAG_MASK, RamFlag, STREAM_MAGIC } from "./constants.js";
import { MULTIFD_MAGIC } from "./multifd-packet.js";
import { isResumedStream } from "./resumed-stream.js";

/**
 * What a connection of a migration carries: the stream itself; what a paused postcopy goes on with;
 * pages by multifd; or something that begins with no magic, which is postcopy's channel for pages
 * asked for, or no migration at all.
 */
export type ChannelKind = "main" | "resumed" | "multifd" | "other";

/** Bytes that tell. */
export const CHANNEL_KIND_HEAD = 4;

/** The kind of a connection by its first bytes, of which fewer than four are taken as a beginning. */
export function channelKind(head: Uint8Array): ChannelKind {
  if (begins(head, STREAM_MAGIC)) return "main";
  if (isResumedStream(head)) return "resumed";
  return begins(head, MULTIFD_MAGIC) ? "multifd" : "other";
}

/** Bytes that tell a channel for requested pages from something else. */
export const REQUESTED_PAGES_HEAD = 8;

/**
 * Whether bytes can start the channel for requested pages (postcopy preempt): with a record that names
 * its block, since no record precedes it, or with the channel's end.
 */
export function startsRequestedPages(head: Uint8Array): boolean {
  if (head.length < REQUESTED_PAGES_HEAD) return false;
  const flags = ((head[6]! << 8) | head[7]!) & RAM_FLAG_MASK;
  return flags === RamFlag.page || flags === RamFlag.zero || flags === RamFlag.eos;
}

function begins(head: Uint8Array, magic: number): boolean {
  const known = Math.min(head.length, CHANNEL_KIND_HEAD);
  for (let at = 0; at < known; at += 1) {
    if (head[at] !== ((magic >>> (24 - 8 * at)) & 0xff)) return false;
  }
  return true;
}
