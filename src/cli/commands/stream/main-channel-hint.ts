import { ByteWindow } from "../../../bytes/byte-window.js";
import { STREAM_MAGIC } from "../../../migration/wire/constants.js";
import { openRandomAccess } from "../../files.js";

/** What there is to say of a file that was taken for another channel, if it is a main one. */
export async function mainChannelHint(file: string): Promise<string | undefined> {
  // What cannot be read twice, such as a pipe, is not looked into.
  const opened = file === "-" ? undefined : await openRandomAccess(file).catch(() => undefined);
  if (!opened) return undefined;
  const begin = await opened.read(0, 4);
  await opened.close();
  const isMain = begin.length === 4 && new ByteWindow("big", begin).u32() === STREAM_MAGIC;
  return isMain ? "is a main channel: qtrace stream items reads it" : undefined;
}
