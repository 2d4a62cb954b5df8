import type { EventModel } from "../model/event-model.js";
import { ByteOutput } from "./print/byte-output.js";
import {
  type EventProgram,
  EventPrograms,
  joinPrograms,
  type Print,
} from "./print/event-programs.js";
import { literalProgram, printLiteral } from "./print/print-argument.js";
import { pidProgram } from "./print/print-head.js";
import { MINUS, NUMBER, printDecimal } from "./print/print-number.js";
import { pythonProgram } from "./print/python-program.js";
import type { RecordCursor } from "./record-cursor.js";
import type { RecordPrinter } from "./record-printer.js";
import { microseconds, renderSimpletrace } from "./render-simpletrace.js";
import { joinHalves } from "./simpletrace/join-halves.js";
import { SimpletraceScanner } from "./simpletrace/scanner.js";

/** Below, microseconds have 32 bits: half an hour. */
const SHORT = 0x1_0000_0000 * 1000;

/** Prints records as `renderSimpletrace` does, a line each; what it cannot print is left out. */
export class SimpletracePrinter implements RecordPrinter {
  readonly #output = new ByteOutput();
  readonly #programs = new EventPrograms((event) => this.#recordProgram(event));
  /** The timestamp of the record before, in halves. */
  #high = 0;
  #low = 0;
  #begun = false;

  get length(): number {
    return this.#output.length;
  }

  print(cursor: RecordCursor): void {
    const isQuick = this.#begun && cursor instanceof SimpletraceScanner && cursor.type === "event";
    if (isQuick) this.#programs.print(cursor, this.#output);
    else this.#printOther(cursor);
    this.pass(cursor);
  }

  /** Takes the record that a cursor stands at for one that was printed. */
  pass(cursor: RecordCursor): void {
    if (cursor.type !== "event" && cursor.type !== "dropped") return;
    this.#begun = true;
    if (cursor instanceof SimpletraceScanner) {
      this.#high = cursor.timeHigh;
      this.#low = cursor.timeLow;
    } else {
      this.#high = Number(cursor.timestamp >> 32n);
      this.#low = Number(cursor.timestamp & 0xffff_ffffn);
    }
  }

  take(): Uint8Array {
    return this.#output.take();
  }

  #printOther(cursor: RecordCursor): void {
    const before = this.#begun ? joinHalves(this.#high, this.#low) : cursor.timestamp;
    const line = renderSimpletrace(cursor.record(), before);
    if (line !== undefined) this.#output.text(`${line}\n`);
  }

  #recordProgram(event: EventModel): EventProgram {
    return joinPrograms(
      literalProgram(`${event.name} `),
      { prints: [this.#printDelta], most: 2 * NUMBER },
      literalProgram(" pid="),
      pidProgram,
      pythonProgram(event, " ", "\n"),
    );
  }

  readonly #printDelta: Print = (output, scanner, positions) => {
    const { timeHigh, timeLow } = scanner;
    const delta = (timeHigh - this.#high) * 0x1_0000_0000 + (timeLow - this.#low);
    const size = Math.abs(delta);
    if (size >= SHORT) {
      output.text(microseconds(joinHalves(timeHigh, timeLow) - joinHalves(this.#high, this.#low)));
      return;
    }
    if (delta < 0) output.bytes[output.length++] = MINUS;
    const whole = Math.floor(size / 1000);
    printDecimal(output, whole);
    printPoint(output, scanner, positions);
    printDecimal(output, size - 1000 * whole, 3);
  };
}

const printPoint = printLiteral(".");
