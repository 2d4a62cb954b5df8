import type { EventModel } from "../model/event-model.js";
import type { PrintfPiece } from "../printf/piece.js";
import { argumentKind } from "./argument-type.js";
import { stringLiteral, wholeNumber } from "./escape.js";
import { printList } from "./module-printer.js";

/** The object literal that tells the runtime about an event; its lines are indented by `indent`. */
export function eventDefinition(event: EventModel, indent: number): string {
  const args = event.arguments.map(
    (argument) => `[${stringLiteral(argument.name)}, ${stringLiteral(argumentKind(argument))}]`,
  );
  const pieces = (event.format?.pieces ?? []).map(printPiece);
  const inner = indent + 2;
  const members = [
    `group: ${stringLiteral(event.group)},`,
    `name: ${stringLiteral(event.name)},`,
    `arguments: ${printList("[]", args, inner, inner + "arguments: ".length)},`,
    `format: ${printList("[]", pieces, inner, inner + "format: ".length)},`,
  ];
  const lines = members.map((member) => `${" ".repeat(inner)}${member}\n`).join("");
  return `{\n${lines}${" ".repeat(indent)}}`;
}

function printPiece(piece: PrintfPiece): string {
  if (typeof piece === "string") return stringLiteral(piece);
  const { specifier, argument, bits, flags, width, precision } = piece;
  let text = `{ specifier: ${stringLiteral(specifier)}, argument: ${wholeNumber(argument)}`;
  text += `, bits: ${wholeNumber(bits)}`;
  if (flags !== undefined) text += `, flags: ${stringLiteral(flags)}`;
  if (width !== undefined) text += `, width: ${printNumber(width)}`;
  if (precision !== undefined) text += `, precision: ${printNumber(precision)}`;
  return `${text} }`;
}

function printNumber(number: number | { readonly argument: number }): string {
  return typeof number === "object"
    ? `{ argument: ${wholeNumber(number.argument)} }`
    : wholeNumber(number);
}
