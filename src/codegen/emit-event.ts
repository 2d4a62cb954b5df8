import type { EventModel } from "../model/event-model.js";
import type { PrintfPiece } from "../printf/piece.js";
import { argumentKind, argumentTypeScript } from "./argument-type.js";
import { type ModulePrinter, printList } from "./module-printer.js";
import { parameterNames } from "./parameter-names.js";

/** Prints an event's state and its tracer; a disabled event has a tracer that does nothing. */
export function emitEvent(printer: ModulePrinter, event: EventModel, runtime: string): void {
  if (event.disabled) {
    printer.add(`${docComment(event)}\n${disabledTracer(event)}`);
    return;
  }
  const state = stateName(event);
  const define = printer.use("defineEvent", runtime);
  const type = printer.use("type TraceEvent", runtime);
  printer.add(
    `${stateComment(event)}\nexport const ${state}: ${type} = /* @__PURE__ */ ${define}(${definition(event)});`,
  );
  printer.add(`${docComment(event)}\n${tracer(event, state)}`);
}

/** The name by which C knows the event's state: `TRACE_` and the event's name in capitals. */
export function stateName(event: EventModel): string {
  return `TRACE_${event.name.toUpperCase()}`;
}

function definition(event: EventModel): string {
  const args = event.arguments.map(
    ({ name }, index) =>
      `[${JSON.stringify(name)}, ${JSON.stringify(argumentKind(event.arguments[index]!))}]`,
  );
  const pieces = (event.format?.pieces ?? []).map(printPiece);
  return [
    "{",
    `  group: ${JSON.stringify(event.group)},`,
    `  name: ${JSON.stringify(event.name)},`,
    `  arguments: ${printList("[]", args, 2, "  arguments: ".length)},`,
    `  format: ${printList("[]", pieces, 2, "  format: ".length)},`,
    "}",
  ].join("\n");
}

function printPiece(piece: PrintfPiece): string {
  if (typeof piece === "string") return JSON.stringify(piece);
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
    oneLine.length <= 100
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
