/** A pattern of event names as `-trace enable=` takes it; a leading `-` turns events off. */
export interface EventPattern {
  readonly enable: boolean;
  readonly matches: (name: string) => boolean;
}

/**
 * Reads a pattern: `*` stands for any characters, also none; all else stands for itself
 * (QEMU trace/control.c).
 */
export function parsePattern(text: string): EventPattern {
  const enable = !text.startsWith("-");
  const glob = enable ? text : text.slice(1);
  if (glob === "*") return { enable, matches: () => true };
  if (!glob.includes("*")) return { enable, matches: (name) => name === glob };
  const literals = glob.split("*").map((part) => part.replace(/[.?+^$(){}|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${literals.join(".*")}$`);
  return { enable, matches: (name) => expression.test(name) };
}

/** Whether patterns turn an event on: the last that matches decides, `otherwise` where none does. */
export function isSelected(
  patterns: readonly EventPattern[],
  name: string,
  otherwise = false,
): boolean {
  return patterns.findLast((pattern) => pattern.matches(name))?.enable ?? otherwise;
}

/** The patterns of an events file: one a line, `#` begins a comment line (`-trace events=FILE`). */
export function parseEventsFile(text: string): EventPattern[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(parsePattern);
}
