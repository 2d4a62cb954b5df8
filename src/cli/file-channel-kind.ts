import { open } from "node:fs/promises";
import {
  CHANNEL_KIND_HEAD,
  type ChannelKind,
  channelKind,
} from "../migration/wire/channel-kind.js";
import { unreadable } from "./files.js";

/** What the channel carries whose bytes are in a file; `silent` if it has none. Throws `Failure`. */
export async function fileChannelKind(file: string): Promise<ChannelKind | "silent"> {
  try {
    const handle = await open(file);
    const { bytesRead, buffer } = await handle
      .read(Buffer.alloc(CHANNEL_KIND_HEAD), 0)
      .finally(() => handle.close());
    return bytesRead === 0 ? "silent" : channelKind(buffer.subarray(0, bytesRead));
  } catch (error) {
    throw unreadable(file, error);
  }
}
