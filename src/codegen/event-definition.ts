import type { EventModel } from "../model/event-model.js";
import type { PrintfPiece } from "../printf/piece.js";
import { argumentKind } from "./argument-type.js";
import { printList, printString } from "./module-printer.js";

/** The object literal that tells the runtime about an event; its lines are indented by `indent`. */
export function eventDefinition(event: EventModel, indent: number): string {
  const args = event.arguments.map(
    (argument) => `["${argument.name}", "${argumentKind(argument)}"]`,
  );
  const pieces = (event.format?.pieces ?? []).map(printPiece);
  const inner = indent + 2;
  const members = [
    `group: "${event.group}",`,
    `name: "${event.name}",`,
    `arguments: ${printList("[]", args, inner, inner + "arguments: ".length)},`,
    `format: ${printList("[]", pieces, inner, inner + "format: ".length)},`,
  ];
  const lines = members.map((member) => `${" ".repeat(inner)}${member}\n`).join("");
  return `{\n${lines}${" ".repeat(indent)}}`;
}

function printPiece(piece: PrintfPiece): string {
  if (typeof piece === "string") return printString(piece);
  const { specifier, argument, bits, flags, width, precision } = piece;
  let text = `{ specifier: "${specifier}", argument: ${argument}, bits: ${bits}`;
  if (flags !== undefined) text += `, flags: "${flags}"`;
  if (width !== undefined) text += `, width: ${printNumber(width)}`;
  if (precision !== undefined) text += `, precision: ${printNumber(precision)}`;
  return `${text} }`;
}

function printNumber(number: number | { readonly argument: number }): string {
  return typeof number === "number" ? String(number) : `{ argument: ${number.argument} }`;
}
