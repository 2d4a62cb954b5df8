import type { SidePairing } from "./account.js";

/** Whether an item was found in a side's trace, with a time or without. */
export function isMatched({ status }: SidePairing): boolean {
  return status === "paired" || status === "untimed";
}
