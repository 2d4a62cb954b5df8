import { eventsFileLines, parsePattern } from "./pattern.js";
import { definedEvents, enableEvents } from "./registry.js";

/** What QEMU's option `-trace` says. */
export interface TraceOption {
  /** A pattern of events. */
  readonly enable?: string;
  /** The name of a file of patterns. */
  readonly events?: string;
  /** Where the trace is to go. */
  readonly file?: string;
  /** The events are to be listed, and nothing else to be done. */
  readonly help: boolean;
  /** What in it cannot be understood, a sentence each. */
  readonly problems: readonly string[];
}

type Key = "enable" | "events" | "file";

/**
 * Reads `[enable=]PATTERN,events=FILE,file=FILE` or `help` as QEMU does: a part without a key at the
 * beginning is a pattern, the last of two equal keys counts, and a comma inside is written twice
 * (QEMU util/qemu-option.c, trace/control.c).
 */
export function parseTraceOption(text: string): TraceOption {
  const values: { [key in Key]?: string } = {};
  const problems: string[] = [];
  splitAtCommas(text).forEach((part, index) => {
    const equals = part.indexOf("=");
    const key = equals < 0 ? "enable" : part.slice(0, equals);
    if (equals < 0 && index > 0) problems.push(`'${part}' has no value`);
    else if (!isKey(key)) problems.push(`there is no '${key}' to set`);
    else values[key] = part.slice(equals + 1);
  });
  const help = ["help", "?"].includes(values.enable ?? "");
  return { ...values, help, problems };
}

/**
 * Turns on the events that an option names, those of its pattern first. `readFile` gives the text of
 * its file of patterns. What cannot be done is told in the answer: events that do not exist, among
 * others. Throws only what `readFile` throws.
 */
export function enableByOption(
  option: TraceOption,
  readFile: (name: string) => string,
): readonly string[] {
  const { enable, events, help } = option;
  const patterns = enable === undefined || help ? [] : [enable];
  if (events !== undefined) patterns.push(...eventsFileLines(readFile(events)));
  enableEvents(...patterns);
  return [...option.problems, ...patterns.filter(isUnknown).map(unknownText)];
}

/** The names of all events that the program's modules define, one a line, sorted. */
export function listEvents(): string {
  const names = new Set(definedEvents().map((event) => event.name));
  const lines = [...names].sort().map((name) => `${name}\n`);
  return lines.join("");
}

function isKey(text: string): text is Key {
  return text === "enable" || text === "events" || text === "file";
}

/** Splits at single commas; two stand for one. */
function splitAtCommas(text: string): string[] {
  if (text === "") return [];
  return (text.match(/(?:^|,)(?:[^,]|,,)*/g) ?? []).map((part, index) =>
    part.slice(index === 0 ? 0 : 1).replaceAll(",,", ","),
  );
}

/** As in QEMU, a pattern with `*` may match nothing. */
function isUnknown(text: string): boolean {
  const { matches } = parsePattern(text);
  return !text.includes("*") && !definedEvents().some(({ name }) => matches(name));
}

function unknownText(pattern: string): string {
  return `trace event '${pattern.replace(/^-/, "")}' does not exist`;
}
