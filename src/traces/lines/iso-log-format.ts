import { isoNanoseconds, isoPattern } from "./iso-time.js";
import type { LineFormat } from "./line-format.js";

const prefix = new RegExp(`^${isoPattern} `);

/** QEMU's log from 10.2 on with `-msg timestamp=on`: `2026-11-23T03:26:07.671876Z NAME TEXT`. */
export const isoLogFormat: LineFormat = {
  name: "log-iso",
  clock: "realtime",
  readPrefix(line) {
    const match = prefix.exec(line);
    if (!match) return undefined;
    const timestamp = isoNanoseconds(match[1]!, match[2], match[3]!);
    return timestamp === undefined ? undefined : { length: match[0].length, timestamp, pid: 0 };
  },
};
