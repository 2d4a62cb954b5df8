import type { Attempt, MigrationAccount } from "../../analysis/account.js";
import { formatTable } from "../table.js";
import { formatBytes, formatDuration, formatMilliseconds } from "../units.js";

/** All attempts in the trace, where there are several; the one that is analysed has a mark. */
export function attemptsTable({ attempts, attempt }: MigrationAccount): string {
  if (attempts.length === 0) return "";
  const first = attempts.find(({ start }) => start !== undefined)?.start;
  const started = ({ start }: Attempt) =>
    start === undefined || first === undefined ? "–" : formatMilliseconds(start - first);
  const took = ({ start, end }: Attempt) =>
    start === undefined || end === undefined ? "–" : formatDuration(end - start);
  const table = formatTable(attempts, [
    { title: "", cell: ({ number }) => (number === attempt?.number ? ">" : "") },
    { title: "attempt", align: "right", cell: ({ number }) => String(number) },
    { title: "start ms", align: "right", cell: started },
    { title: "took", align: "right", cell: took },
    { title: "outcome", cell: ({ state }) => state ?? "unknown" },
    {
      title: "sent",
      align: "right",
      cell: ({ bytes }) => (bytes === undefined ? "–" : formatBytes(bytes)),
    },
  ]);
  return `Attempts\n${table}`;
}
