import { matchName } from "../glob.js";

/** A pattern of event names as `-trace enable=` takes it; a leading `-` turns events off. */
export interface EventPattern {
  readonly enable: boolean;
  /** The pattern without its sign. */
  readonly glob: string;
  readonly matches: (name: string) => boolean;
}

/**
 * Reads a pattern: `*` stands for any characters, also none, `?` for one; all else stands for itself
 * (QEMU trace/control.c, which takes GLib's patterns; of a text with `?` and no `*` it turns on the
 * first event that matches, this all of them).
 */
export function parsePattern(text: string): EventPattern {
  const enable = !text.startsWith("-");
  const glob = enable ? text : text.slice(1);
  return { enable, glob, matches: matcher(glob) };
}

function matcher(glob: string): EventPattern["matches"] {
  if (!/[*?]/.test(glob)) return (name) => name === glob;
  return (name) => matchName(glob, name);
}

/** Whether patterns turn an event on: the last that matches decides, `otherwise` where none does. */
export function isSelected(
  patterns: readonly EventPattern[],
  name: string,
  otherwise = false,
): boolean {
  return patterns.findLast((pattern) => pattern.matches(name))?.enable ?? otherwise;
}

/**
 * The patterns of an events file: one a line, `#` begins a comment line (`-trace events=FILE`). Blanks
 * around a pattern do not count, and the last line needs no newline, as it does for QEMU.
 */
export function parseEventsFile(text: string): EventPattern[] {
  return eventsFileLines(text).map(parsePattern);
}

/** The same, as texts that `enableEvents` takes. */
export function eventsFileLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
