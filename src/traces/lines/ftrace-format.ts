import type { LineFormat } from "./line-format.js";

/** COMM-PID, maybe (TGID), [CPU], maybe flags, seconds. COMM may have blanks and dashes of its own. */
const prefix =
  /^ *.{1,16}-(\d{1,10}) +(?:\( *[-\d]+\) +)?\[\d+\] +(?:\S+ +)?(\d{1,12})\.(\d{6,9}): (?:tracing_mark_write|0|print): (?:0x[0-9a-f]+S: )?/;

/**
 * The kernel's trace with QEMU's marks in it, as text. A mark is cut at 511 bytes, so that a longer
 * one is told as not what its format prints.
 */
export const ftraceFormat: LineFormat = {
  name: "ftrace",
  clock: "monotonic",
  readPrefix(line) {
    const match = prefix.exec(line);
    if (!match) return undefined;
    const [{ length }, pid, seconds, fraction] = match;
    const timestamp = BigInt(seconds!) * 1_000_000_000n + BigInt(fraction!.padEnd(9, "0"));
    return { length, timestamp, pid: Number(pid) };
  },
};
