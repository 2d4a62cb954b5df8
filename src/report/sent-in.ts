import type { Round } from "../analysis/account.js";

/**
 * Bytes of a round: of all channels where the source reports them, else of its sections, which only
 * have sizes where the stream was given. Undefined where neither is known.
 */
export function sentIn(
  { bytes, transferred }: Pick<Round, "bytes" | "transferred">,
  streamed: boolean,
): number | undefined {
  return streamed ? Math.max(bytes, transferred ?? 0) : transferred;
}
