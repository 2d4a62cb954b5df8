import { isoNanoseconds, isoPattern } from "./iso-time.js";
import type { LineFormat } from "./line-format.js";

const prefix = new RegExp(`^(?:${isoPattern} )?(?:\\S+ )?\\S+: \\((\\d{1,10}):[^)]*\\): `);

/** The log with the prefix that QEMU has under discussion: `[TIME ][GUEST ]PROGRAM: (TID:THREAD): `. */
export const programLogFormat: LineFormat = {
  name: "log-program",
  clock: "realtime",
  readPrefix(line) {
    const match = prefix.exec(line);
    if (!match) return undefined;
    const timestamp = match[1] ? isoNanoseconds(match[1], match[2], match[3]!) : 0n;
    if (timestamp === undefined) return undefined;
    return { length: match[0].length, timestamp, pid: Number(match[4]) };
  },
};
