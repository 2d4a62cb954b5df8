import type { StreamItem } from "../migration/wire/stream-item.js";

/**
 * The index of the first item behind the guest's run at the destination, 0 of a connection by which
 * a paused postcopy goes on: from there on the source's count of bytes holds those of other channels
 * too, and does not tell where a section stands.
 */
export function postcopyBegin(items: readonly StreamItem[]): number | undefined {
  for (const [index, item] of items.entries()) {
    if (item.type !== "command") continue;
    if (item.command.name === "POSTCOPY_RUN") return index + 1;
    if (item.command.name === "RECV_BITMAP") return index;
  }
  return undefined;
}
