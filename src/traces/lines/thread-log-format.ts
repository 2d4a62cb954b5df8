import type { LineFormat } from "./line-format.js";

const prefix = /^(\d{1,10})@(\d{1,12})\.(\d{6}):/;

/** QEMU's log up to 10.1 with `-msg timestamp=on`: `TID@SECONDS.MICROSECONDS:NAME TEXT`. */
export const threadLogFormat: LineFormat = {
  name: "log-thread",
  clock: "realtime",
  readPrefix(line) {
    const match = prefix.exec(line);
    if (!match) return undefined;
    const [{ length }, thread, seconds, microseconds] = match;
    return {
      length,
      timestamp: BigInt(Number(seconds) * 1_000_000 + Number(microseconds)) * 1000n,
      pid: Number(thread),
    };
  },
};
