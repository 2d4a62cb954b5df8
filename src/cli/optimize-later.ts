import { setFlagsFromString } from "node:v8";

/**
 * The commands that are done in less than a second: those that read trace-events files, and what
 * looks into streams, of which all but the pages is small.
 */
const quick = new Set(["parse", "fmt", "lint", "breaking", "stream"]);

/**
 * Has V8 wait before it optimizes. Node 20 has one optimizing compiler, which spends more on these
 * commands than they take without it: half of the time of `qtrace lint` on all of QEMU's events. What
 * scans a whole tree of sources wants it at once, though, and later versions have a cheaper one.
 */
export function optimizeLater([command = "", ...rest]: readonly string[]): void {
  const long = rest.some((option) => option.startsWith("--source"));
  if (!quick.has(command) || long || !process.versions.v8.startsWith("11.")) return;
  setFlagsFromString("--interrupt-budget=1000000");
}
