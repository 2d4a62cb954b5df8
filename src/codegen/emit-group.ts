import type { EmittedEvent } from "./emit-event.js";
import { stringLiteral } from "./escape.js";
import { LINE_WIDTH, type ModulePrinter, printList } from "./module-printer.js";

/** What a group is called in its module. */
export interface GroupNames {
  readonly group: string;
  readonly union: string;
}

/** Prints the union of a group's records, and the group itself: its events, with that type. */
export function emitGroup(
  printer: ModulePrinter,
  group: string,
  events: readonly EmittedEvent[],
  names: GroupNames,
  runtime: string,
): void {
  const records = events.map((event) => event.record);
  printer.add(
    `/** A record of group \`${group}\`: \`switch (record.event)\` narrows its arguments. */\n` +
      `export type ${names.union} =${union(records, names.union)};`,
  );
  const type = `${printer.use("type EventGroup", runtime)}<${names.union}>`;
  const begin = `export const ${names.group}: ${type} =`;
  const wraps = begin.length + 2 > LINE_WIDTH;
  const indent = wraps ? 2 : 0;
  const inner = " ".repeat(indent + 2);
  const states = events.map((event) => event.state);
  const list = printList("[]", states, indent + 2, indent + 2 + "events: ".length);
  printer.add(
    `/** The events of group \`${group}\`, for sinks and readers that give its typed records. */\n` +
      `${begin}${wraps ? "\n  " : " "}{\n` +
      `${inner}name: ${stringLiteral(group)},\n${inner}events: ${list},\n${" ".repeat(indent)}};`,
  );
}

function union(records: readonly string[], name: string): string {
  if (records.length === 0) return " never";
  const flat = ` ${records.join(" | ")}`;
  if (`export type ${name} =${flat};`.length <= LINE_WIDTH) return flat;
  if (records.length === 1) return `\n  ${records[0]}`;
  return records.map((record) => `\n  | ${record}`).join("");
}
