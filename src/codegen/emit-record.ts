import type { EventModel } from "../model/event-model.js";
import { recordedType } from "./argument-type.js";
import { identifier, stringLiteral } from "./escape.js";
import { LINE_WIDTH, type ModulePrinter } from "./module-printer.js";

/** Prints the type of an event's records, by the name `record`. */
export function emitRecord(
  printer: ModulePrinter,
  event: EventModel,
  record: string,
  runtime: string,
): void {
  const begin = `export interface ${record}`;
  const base = `extends ${printer.use("type TypedRecord", runtime)} {`;
  const gap = begin.length + 1 + base.length <= LINE_WIDTH ? " " : "\n  ";
  const lines = [
    `/** A record of \`${event.name}\`. */`,
    `${begin}${gap}${base}`,
    `  readonly group: ${stringLiteral(event.group)};`,
    `  readonly event: ${stringLiteral(event.name)};`,
    ...argumentLines(printer, event, runtime),
    "}",
  ];
  printer.add(lines.join("\n"));
}

function argumentLines(printer: ModulePrinter, event: EventModel, runtime: string): string[] {
  if (event.arguments.length === 0) {
    return [`  readonly arguments: ${printer.use("type NoArguments", runtime)};`];
  }
  return [
    "  readonly arguments: {",
    ...event.arguments.map(
      (argument) => `    readonly ${identifier(argument.name)}: ${recordedType(argument)};`,
    ),
    "  };",
  ];
}
