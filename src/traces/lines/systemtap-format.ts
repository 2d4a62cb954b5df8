import type { LineFormat } from "./line-format.js";

const prefix = /^(\d{1,10})@(\d{1,20}) /;

/** SystemTap's log: `PID@NANOSECONDS NAME TEXT`, of the wall clock. */
export const systemtapFormat: LineFormat = {
  name: "systemtap",
  clock: "realtime",
  readPrefix(line) {
    const match = prefix.exec(line);
    if (!match) return undefined;
    return { length: match[0].length, timestamp: BigInt(match[2]!), pid: Number(match[1]) };
  },
};
