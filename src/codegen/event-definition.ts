import type { EventModel } from "../model/event-model.js";
import type { PrintfPiece } from "../printf/piece.js";
import { argumentKind } from "./argument-type.js";
import { printList, printString } from "./module-printer.js";

/** The object literal that tells the runtime about an event; its lines are indented by `indent`. */
export function eventDefinition(event: EventModel, indent: number): string {
  const args = event.arguments.map(
    (argument) => `[${JSON.stringify(argument.name)}, ${JSON.stringify(argumentKind(argument))}]`,
  );
  const pieces = (event.format?.pieces ?? []).map(printPiece);
  const inner = indent + 2;
  const members = [
    `group: ${JSON.stringify(event.group)},`,
    `name: ${JSON.stringify(event.name)},`,
    `arguments: ${printList("[]", args, inner, inner + "arguments: ".length)},`,
    `format: ${printList("[]", pieces, inner, inner + "format: ".length)},`,
  ];
  const lines = members.map((member) => `${" ".repeat(inner)}${member}\n`).join("");
  return `{\n${lines}${" ".repeat(indent)}}`;
}

function printPiece(piece: PrintfPiece): string {
  if (typeof piece === "string") return printString(piece);
  const { specifier, argument, bits, flags, width, precision } = piece;
  const members = [
    `specifier: ${JSON.stringify(specifier)}`,
    `argument: ${argument}`,
    `bits: ${bits}`,
    ...(flags === undefined ? [] : [`flags: ${JSON.stringify(flags)}`]),
    ...(width === undefined ? [] : [`width: ${printNumber(width)}`]),
    ...(precision === undefined ? [] : [`precision: ${printNumber(precision)}`]),
  ];
  return `{ ${members.join(", ")} }`;
}

function printNumber(number: number | { readonly argument: number }): string {
  return typeof number === "number" ? String(number) : `{ argument: ${number.argument} }`;
}
