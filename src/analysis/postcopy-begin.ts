import type { StreamItem } from "../migration/wire/stream-item.js";

/**
 * The index of the first item behind the guest's run at the destination: from there on the source's
 * count of bytes holds those of other channels too, and does not tell where a section stands.
 */
export function postcopyBegin(items: readonly StreamItem[]): number | undefined {
  const run = items.findIndex(
    (item) => item.type === "command" && item.command.name === "POSTCOPY_RUN",
  );
  return run < 0 ? undefined : run + 1;
}
