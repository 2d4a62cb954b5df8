import type { EventModel } from "../../model/event-model.js";
import type { SimpletraceScanner } from "../simpletrace/scanner.js";
import type { ByteOutput } from "./byte-output.js";

/** Prints a part of a record; `positions` tells where each argument lies in the scanner's view. */
export type Print = (
  output: ByteOutput,
  scanner: SimpletraceScanner,
  positions: Int32Array,
) => void;

/** How the records of an event are printed. */
export interface EventProgram {
  readonly prints: readonly Print[];
  /** The most bytes that all but strings and odd conversions take: those reserve their own. */
  readonly most: number;
}

/** One program behind the other. */
export function joinPrograms(...programs: readonly EventProgram[]): EventProgram {
  return {
    prints: programs.flatMap(({ prints }) => prints),
    most: programs.reduce((sum, { most }) => sum + most, 0),
  };
}

interface BoundProgram extends EventProgram {
  /** For each argument, whether it is a string. */
  readonly strings: readonly boolean[];
}

/** A program for each event of a trace, made when its first record is printed. */
export class EventPrograms {
  readonly #compile: (event: EventModel) => EventProgram;
  readonly #programs: (BoundProgram | undefined)[] = [];
  #positions = new Int32Array(16);

  constructor(compile: (event: EventModel) => EventProgram) {
    this.#compile = compile;
  }

  /** Prints the event's record that the scanner stands at. */
  print(scanner: SimpletraceScanner, output: ByteOutput): void {
    const { key, view } = scanner;
    const { prints, most, strings } = this.#programs[key] ?? this.#bind(key, scanner.event!);
    const positions = this.#positions;
    const little = scanner.order === "little";
    let at = scanner.payloadAt;
    for (let index = 0; index < strings.length; index++) {
      positions[index] = at;
      at += strings[index] ? 4 + view.getUint32(at, little) : 8;
    }
    output.keep(most);
    for (const print of prints) print(output, scanner, positions);
  }

  #bind(key: number, event: EventModel): BoundProgram {
    const strings = event.arguments.map(({ wire }) => wire === "string");
    while (this.#positions.length < strings.length) {
      this.#positions = new Int32Array(2 * this.#positions.length);
    }
    const bound = { ...this.#compile(event), strings };
    // An array with holes would be a hash table to the engine.
    while (this.#programs.length < key) this.#programs.push(undefined);
    this.#programs[key] = bound;
    return bound;
  }
}
