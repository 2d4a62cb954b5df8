import type { EventModel } from "../model/event-model.js";
import type { PrintfValue } from "../printf/piece.js";
import type { RecordCursor } from "./record-cursor.js";
import { recordJson } from "./record-json.js";
import { SimpletraceScanner } from "./simpletrace/scanner.js";

/** What stands before each argument's value, by the event's place in `RecordCursor.key`. */
interface Frame {
  readonly head: string;
  readonly names: readonly string[];
}

/**
 * Prints records as `JSON.stringify(recordJson(record))` does, in a third of the time: what is the
 * same in all records of an event is made once. One printer serves one trace.
 */
export class JsonPrinter {
  readonly #frames: (Frame | undefined)[] = [];

  /** The record that a cursor stands at, as one line without its newline. */
  print(cursor: RecordCursor): string {
    if (!(cursor instanceof SimpletraceScanner) || cursor.type !== "event") {
      return JSON.stringify(recordJson(cursor.record()));
    }
    const { timestamp } = cursor;
    const time = timestamp === 0n ? "null" : `"${timestamp}"`;
    const { head } = this.#frameOf(cursor);
    return `${head}${time},"pid":${cursor.pid},"arguments":${this.arguments(cursor)}}`;
  }

  /** The arguments of an event's record in a simpletrace, as an object. */
  arguments(cursor: SimpletraceScanner): string {
    const { names } = this.#frameOf(cursor);
    let text = "{";
    for (let index = 0; index < names.length; index++) {
      text += names[index]! + valueJson(cursor.value(index));
    }
    return `${text}}`;
  }

  #frameOf({ key, event }: SimpletraceScanner): Frame {
    const known = this.#frames[key];
    if (known) return known;
    const made = frameOf(event!);
    this.#frames[key] = made;
    return made;
  }
}

function frameOf({ name, arguments: args }: EventModel): Frame {
  return {
    head: `{"event":${JSON.stringify(name)},"timestamp":`,
    names: args.map(
      (argument, index) => `${index > 0 ? "," : ""}${JSON.stringify(argument.name)}:`,
    ),
  };
}

function valueJson(value: PrintfValue): string {
  switch (typeof value) {
    case "bigint":
      return `"${value}"`;
    case "string":
      return JSON.stringify(value);
    default:
      return String(value);
  }
}
