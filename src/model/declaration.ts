import { parse } from "../../grammar/parse.js";
import { buildEventModel } from "./build-model.js";
import type { EventModel } from "./event-model.js";

/** Where a name is declared. */
export interface Declaration {
  readonly name: string;
  /** What is declared; undefined where the line cannot be read. */
  readonly event: EventModel | undefined;
}

/** An event, or where one is declared. */
export type Declared = EventModel | Declaration;

/** How the declarations of a text are read. */
export interface DeclarationsOptions {
  /** The group that the events belong to. */
  readonly group: string;
  /** The text's name, for the events' places. */
  readonly file: string;
  /** Called with the number of a line, from 1 on, that turns out to be none, when it is asked for. */
  readonly onBroken?: (line: number) => void;
}

const EVENT = /^\s*(?:[A-Za-z_]\w*\s+)*([A-Za-z_]\w*)\s*\(/;
const NOTHING = /^\s*(?:#|$)/;

/**
 * The declarations of a trace-events text, each parsed when it is asked for: a trace has records of
 * dozens of events, where QEMU declares thousands. Spans in their formats are within the line.
 * Undefined where a line is neither an event by its looks nor a comment, so that all of the text is to
 * be parsed.
 */
export function skimDeclarations(
  text: string,
  options: DeclarationsOptions,
): Declaration[] | undefined {
  const declarations: Declaration[] = [];
  let number = 0;
  for (const line of text.split("\n")) {
    number += 1;
    const name = EVENT.exec(line)?.[1];
    if (name) declarations.push(new DeclaredLine(name, line, number, options));
    else if (!NOTHING.test(line)) return undefined;
  }
  return declarations;
}

class DeclaredLine implements Declaration {
  readonly name: string;
  readonly #line: string;
  readonly #number: number;
  readonly #options: DeclarationsOptions;
  #event: EventModel | "broken" | undefined;

  constructor(name: string, line: string, number: number, options: DeclarationsOptions) {
    this.name = name;
    this.#line = line;
    this.#number = number;
    this.#options = options;
  }

  get event(): EventModel | undefined {
    this.#event ??= this.#read();
    return this.#event === "broken" ? undefined : this.#event;
  }

  #read(): EventModel | "broken" {
    const [node] = parse(`${this.#line}\n`).file.lines;
    const { group, file, onBroken } = this.#options;
    if (node?.kind === "event") {
      return buildEventModel(node, group, { file, line: this.#number });
    }
    onBroken?.(this.#number);
    return "broken";
  }
}
