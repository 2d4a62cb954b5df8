import type { MigrationAccount } from "../analysis/account.js";

/** Why an event has no item: only a stream shows that there is none. */
export function noItemText({ streamSize }: MigrationAccount): string {
  return streamSize === undefined
    ? "the other events do not show the item"
    : "no such item in the stream";
}
