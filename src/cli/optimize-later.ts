import { setFlagsFromString } from "node:v8";

/**
 * V8's `--interrupt-budget`, 67,584 unless told, for the commands that are done in less than a
 * second: those that read trace-events files, and what looks into streams, of which all but the pages
 * is small.
 */
const budgets: ReadonlyMap<string, number> = new Map([
  ...["parse", "fmt", "lint", "breaking"].map((command) => [command, 4_000_000] as const),
  ["stream", 1_000_000],
]);

/**
 * Has V8 wait before it optimizes. Node 20 has one optimizing compiler, which spends more on these
 * commands than they take without it: half of the time of `qtrace lint` on all of QEMU's events. It
 * still comes where there is twenty times as much to do. What scans a whole tree of sources wants it at
 * once, though, and later versions have a cheaper one.
 */
export function optimizeLater([command = "", ...rest]: readonly string[]): void {
  const long = rest.some((option) => option.startsWith("--source"));
  const budget = budgets.get(command);
  if (budget === undefined || long || !process.versions.v8.startsWith("11.")) return;
  setFlagsFromString(`--interrupt-budget=${budget}`);
}
