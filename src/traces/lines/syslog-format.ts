import { isoNanoseconds, isoPattern } from "./iso-time.js";
import type { LineFormat, LinePrefix } from "./line-format.js";

const tag = String.raw`\S+ [^\s:\[\]]+(?:\[(\d{1,10})\])?: `;
const dated = new RegExp(`^([A-Z][a-z]{2}) ([ \\d]\\d) (\\d\\d):(\\d\\d):(\\d\\d) ${tag}`);
const iso = new RegExp(`^${isoPattern} ${tag}`);
/** RFC 5424: priority, version, time, host, program, process, message id, structured data. */
const rfc5424 = new RegExp(
  `^<\\d{1,3}>1 ${isoPattern} \\S+ \\S+ (-|\\d{1,10}) \\S+ (?:-|(?:\\[[^\\]]*\\])+) (?:\\ufeff)?`,
);
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
/** The year that stands for the one that is not told: it has a 29th of February. */
const SOME_YEAR = 1972;

/** `Mon DD HH:MM:SS HOST IDENT[PID]: NAME TEXT`: tells no year and no zone. */
export const syslogFormat: LineFormat = {
  name: "syslog",
  clock: "year",
  readPrefix(line) {
    const match = dated.exec(line);
    if (!match) return undefined;
    const month = months.indexOf(match[1]!);
    if (month < 0) return undefined;
    const [day, hour, minute, second] = match.slice(2, 6).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const time = Date.UTC(SOME_YEAR, month, day, hour, minute, second) - Date.UTC(SOME_YEAR, 0, 1);
    return {
      length: match[0].length,
      timestamp: BigInt(time) * 1_000_000n,
      pid: Number(match[6] ?? 0),
    };
  },
};

/** The same with ISO 8601's time, as newer daemons write it, or whole as RFC 5424 has it. */
export const isoSyslogFormat: LineFormat = {
  name: "syslog-iso",
  clock: "realtime",
  readPrefix(line) {
    const match = iso.exec(line) ?? rfc5424.exec(line);
    return match ? isoPrefix(match) : undefined;
  },
};

function isoPrefix(match: RegExpExecArray): LinePrefix | undefined {
  const timestamp = isoNanoseconds(match[1]!, match[2], match[3]!);
  if (timestamp === undefined) return undefined;
  return { length: match[0].length, timestamp, pid: Number(match[4] ?? 0) || 0 };
}
