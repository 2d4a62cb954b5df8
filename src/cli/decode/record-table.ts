import type { ArgumentModel, EventModel } from "../../model/event-model.js";
import type { PrintfValue } from "../../printf/piece.js";
import type { TraceRecord } from "../../traces/record.js";
import type { RecordCursor } from "../../traces/record-cursor.js";
import { argumentsJson } from "../../traces/record-json.js";
import { renderText } from "../../traces/render-text.js";
import { csvField } from "./csv-field.js";

/** What a column of a table holds. */
export type ColumnKind = "bool" | "text" | `${"i" | "u"}${8 | 16 | 32 | 64}`;

/** A column of a table. */
export interface TableColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A table's row: values by the kinds of its columns, null for what the trace does not tell. */
export type Row = readonly PrintfValue[];

/** The columns of the one table that holds all records. */
export const recordColumns: readonly TableColumn[] = [
  { name: "timestamp", kind: "u64" },
  { name: "pid", kind: "u32" },
  { name: "type", kind: "text" },
  { name: "event", kind: "text" },
  { name: "text", kind: "text" },
  { name: "arguments", kind: "text" },
];

/** A record as a row of `recordColumns`: `arguments` is an object in JSON, as `jsonl` has it. */
export function recordCells(record: TraceRecord): Row {
  const event = record.type === "event" || record.type === "raw" ? record.name : null;
  const text = renderText(record);
  return [
    ...recordHead(record),
    record.type,
    event,
    event === null ? text : text.slice(event.length + 1),
    record.type === "event" ? JSON.stringify(argumentsJson(record)) : null,
  ];
}

/** The columns of an event's own table: its arguments, behind those that all events have. */
export function eventColumns({ arguments: args }: EventModel): readonly TableColumn[] {
  const taken = new Set(headColumns.map(({ name }) => name));
  return [
    ...headColumns,
    ...args.map((argument) => ({
      name: taken.has(argument.name) ? `${argument.name}_` : argument.name,
      kind: argumentKind(argument),
    })),
  ];
}

/** The record of an event that a cursor stands at, as a row of the event's own table. */
export function eventCells(cursor: RecordCursor, event: EventModel): Row {
  const row: PrintfValue[] = recordHead(cursor);
  for (let index = 0; index < event.arguments.length; index++) row.push(cursor.value(index));
  return row;
}

const headColumns = recordColumns.slice(0, 2);

function recordHead({
  timestamp,
  pid,
}: Pick<RecordCursor, "timestamp" | "pid">): [bigint | null, number] {
  return [timestamp === 0n ? null : timestamp, pid];
}

function argumentKind({ type, wire }: ArgumentModel): ColumnKind {
  if (wire === "string") return "text";
  if (type.kind === "bool") return "bool";
  return type.kind === "integer" ? `${type.signed ? "i" : "u"}${type.bits}` : "u64";
}

/** A line of `csvField`s, without its newline. */
export function csvRow(values: Row, safe = false): string {
  return values.map((value) => csvField(value, safe)).join(",");
}
