import type { EventModel } from "../model/event-model.js";
import { acceptedType } from "./argument-type.js";
import { emitRecord } from "./emit-record.js";
import { commentText, identifier, wholeNumber } from "./escape.js";
import { eventDefinition } from "./event-definition.js";
import type { GenerateOptions, SourceName } from "./generate-options.js";
import type { ModuleNames } from "./module-names.js";
import { LINE_WIDTH, type ModulePrinter, printList } from "./module-printer.js";
import { parameterNames } from "./parameter-names.js";

/** What is declared for an event that is not disabled. */
export interface EmittedEvent {
  readonly state: string;
  readonly record: string;
}

/**
 * Prints an event's state, its tracer and the type of its records. A disabled event is off for ever:
 * its tracer does nothing, and there are no records.
 */
export function emitEvent(
  printer: ModulePrinter,
  event: EventModel,
  names: ModuleNames,
  { runtime, sourceName }: Required<GenerateOptions>,
): EmittedEvent | undefined {
  const state = names.state(event);
  if (event.disabled) {
    emitDisabled(printer, event, state, sourceName);
    return undefined;
  }
  emitState(printer, event, state, runtime);
  printer.add(`${docComment(event, sourceName)}\n${tracer(event, state)}`);
  const record = names.record(event);
  emitRecord(printer, event, record, runtime);
  return { state, record };
}

function emitDisabled(
  printer: ModulePrinter,
  event: EventModel,
  state: string,
  sourceName: SourceName,
): void {
  const flat = `export const ${state} = { enabled: false } as const;`;
  const fits = flat.length <= LINE_WIDTH;
  const code = fits ? flat : `export const ${state} = {\n  enabled: false,\n} as const;`;
  printer.add(`/** State of \`${event.name}\`, which is disabled. */\n${code}`);
  printer.add(`${docComment(event, sourceName)}\n${head(event, "_", state)} {\n  // Disabled.\n}`);
}

function emitState(
  printer: ModulePrinter,
  event: EventModel,
  state: string,
  runtime: string,
): void {
  const begin = `export const ${state} =`;
  const call = `/* @__PURE__ */ ${printer.use("defineEvent", runtime)}(`;
  const fits = `${begin} ${call}{`.length <= LINE_WIDTH;
  const gap = fits ? " " : "\n  ";
  const definition = eventDefinition(event, fits ? 0 : 2);
  printer.add(`/** State of \`${event.name}\`. */\n${begin}${gap}${call}${definition});`);
}

function tracer(event: EventModel, state: string): string {
  const values = parameterNames(event, state);
  const emit = `if (${state}.enabled) ${state}.emit(`;
  const oneLine = `  ${emit}${values.join(", ")});`;
  const body =
    oneLine.length <= LINE_WIDTH
      ? oneLine
      : `  if (${state}.enabled) {\n    ${state}.emit${printList("()", values, 4, `    ${state}.emit`.length)};\n  }`;
  return `${head(event, "", state)} {\n${body}\n}`;
}

function head(event: EventModel, prefix: string, state: string): string {
  const parameters = parameterNames(event, state).map(
    (name, index) => `${prefix}${name}: ${acceptedType(event.arguments[index]!)}`,
  );
  const name = `export function ${identifier(`trace_${event.name}`)}`;
  return `${name}${printList("()", parameters, 0, name.length, ": void {".length)}: void`;
}

function docComment(event: EventModel, sourceName: SourceName): string {
  const { file, line } = event.place;
  return [
    "/**",
    ` * \`${commentText(event.declaration).replaceAll("`", "'")}\``,
    " *",
    ` * ${commentText(sourceName(file))}:${wholeNumber(line)}${event.disabled ? ", disabled: does nothing" : ""}`,
    " */",
  ].join("\n");
}
