import type { Round } from "../analysis/account.js";

/** Bytes of a round: of all channels where the source tells them, else of its sections. */
export function sentIn({ bytes, transferred }: Pick<Round, "bytes" | "transferred">): number {
  return Math.max(bytes, transferred ?? 0);
}
