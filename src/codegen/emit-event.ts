import type { EventModel } from "../model/event-model.js";
import type { PrintfPiece } from "../printf/piece.js";
import { argumentKind, argumentTypeScript } from "./argument-type.js";
import { LINE_WIDTH, type ModulePrinter, printList, printString } from "./module-printer.js";
import { parameterNames } from "./parameter-names.js";

/** Prints an event's state and its tracer; a disabled event has a tracer that does nothing. */
export function emitEvent(printer: ModulePrinter, event: EventModel, runtime: string): void {
  if (event.disabled) {
    printer.add(`${docComment(event)}\n${disabledTracer(event)}`);
    return;
  }
  const state = stateName(event);
  const call = `export const ${state} = /* @__PURE__ */ ${printer.use("defineEvent", runtime)}(`;
  const fits = call.length < LINE_WIDTH;
  const argument = fits ? definition(event, 0) : `\n  ${definition(event, 2)},\n`;
  printer.add(`${stateComment(event)}\n${call}${argument});`);
  printer.add(`${docComment(event)}\n${tracer(event, state)}`);
}

/** The name by which C knows the event's state: `TRACE_` and the event's name in capitals. */
export function stateName(event: EventModel): string {
  return `TRACE_${event.name.toUpperCase()}`;
}

function definition(event: EventModel, indent: number): string {
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

function tracer(event: EventModel, state: string): string {
  const names = parameterNames(event);
  const parameters = names.map(
    (name, index) => `${name}: ${argumentTypeScript(event.arguments[index]!)}`,
  );
  const emit = `if (${state}.enabled) ${state}.emit(`;
  const oneLine = `  ${emit}[${names.join(", ")}]);`;
  const body =
    oneLine.length <= LINE_WIDTH
      ? oneLine
      : `  if (${state}.enabled) {\n    ${state}.emit(${printList("[]", names, 4, `    ${state}.emit(`.length, 2)});\n  }`;
  return `${head(event, parameters)} {\n${body}\n}`;
}

function disabledTracer(event: EventModel): string {
  const names = parameterNames(event);
  const parameters = names.map(
    (name, index) => `_${name}: ${argumentTypeScript(event.arguments[index]!)}`,
  );
  return `${head(event, parameters)} {}`;
}

function head(event: EventModel, parameters: readonly string[]): string {
  const name = `export function trace_${event.name}`;
  return `${name}${printList("()", parameters, 0, name.length, ": void {".length)}: void`;
}

function stateComment(event: EventModel): string {
  return `/** State of \`${event.name}\`. */`;
}

function docComment(event: EventModel): string {
  const { file, line } = event.place;
  return [
    "/**",
    ` * \`${event.declaration.replaceAll("*/", "*\\/").replaceAll("`", "'")}\``,
    " *",
    ` * ${file}:${line}${event.disabled ? ", disabled: does nothing" : ""}`,
    " */",
  ].join("\n");
}
