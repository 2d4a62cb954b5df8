import { CHANNEL_KIND_HEAD, channelKind } from "../../../migration/wire/channel-kind.js";
import { openRandomAccess } from "../../files.js";

/** What there is to say of a file that was taken for another channel, if it is a main one. */
export async function mainChannelHint(file: string): Promise<string | undefined> {
  // What cannot be read twice, such as a pipe, is not looked into.
  const opened = file === "-" ? undefined : await openRandomAccess(file).catch(() => undefined);
  if (!opened) return undefined;
  const head = await opened.read(0, CHANNEL_KIND_HEAD);
  await opened.close();
  const isMain = head.length === CHANNEL_KIND_HEAD && channelKind(head) === "main";
  return isMain ? "is a main channel: qtrace stream items reads it" : undefined;
}
