/** The printers of bytes beside those of whole records, on damaged traces. */

import { expect, test } from "vitest";
import { DecodeError } from "../../../src/bytes/decode-error.js";
import { decodeUtf8 } from "../../../src/bytes/utf8.js";
import { CsvPrinter } from "../../../src/cli/decode/csv-printer.js";
import { csvRow, recordCells } from "../../../src/cli/decode/record-table.js";
import { JsonPrinter } from "../../../src/traces/json-printer.js";
import { openTrace } from "../../../src/traces/open-trace.js";
import { recordJson } from "../../../src/traces/record-json.js";
import { renderSimpletrace } from "../../../src/traces/render-simpletrace.js";
import { renderText } from "../../../src/traces/render-text.js";
import { SimpletracePrinter } from "../../../src/traces/simpletrace-printer.js";
import { TextPrinter } from "../../../src/traces/text-printer.js";
import { seededRandom } from "../../support/random.js";
import { randomTrace } from "../../traces/random-trace.js";

const { bytes, events } = randomTrace(41);
/** Behind the header and the names of the events, where the records are. */
const records = bytes.length - 150_000;

/** Holds each record's lines against each other; gives how many records there were. */
async function compare(trace: Uint8Array): Promise<number> {
  const printers = [
    new TextPrinter(),
    new JsonPrinter(),
    new CsvPrinter(),
    new SimpletracePrinter(),
  ];
  for (const printer of printers) printer.take();
  let before: bigint | undefined;
  let count = 0;
  await openTrace(trace, events)
    .each((cursor) => {
      const record = cursor.record();
      const simpletrace = renderSimpletrace(record, before ?? record.timestamp);
      if (simpletrace !== undefined) before = record.timestamp;
      const rendered = [
        renderText(record),
        JSON.stringify(recordJson(record)),
        csvRow(recordCells(record)),
        simpletrace,
      ];
      for (const [index, printer] of printers.entries()) {
        printer.print(cursor);
        const printed = decodeUtf8(printer.take());
        const line = rendered[index] === undefined ? "" : `${rendered[index]}\n`;
        if (printed !== line) expect(printed).toBe(line);
      }
      count++;
    })
    .catch((error: unknown) => {
      if (!(error instanceof DecodeError)) throw error;
    });
  return count;
}

test("flipped bits, zeros and cuts", async () => {
  const random = seededRandom(42);
  for (let round = 0; round < 40; round++) {
    const damaged = Buffer.from(bytes);
    for (let flips = 0; flips < 30; flips++) {
      damaged[records + random(bytes.length - records)]! ^= 1 << random(8);
    }
    const hole = records + random(bytes.length - records - 500);
    damaged.fill(0, hole, hole + random(500));
    const cut = round % 2 === 0 ? bytes.length : bytes.length - random(100_000);
    expect(await compare(damaged.subarray(0, cut))).toBeGreaterThan(500);
  }
});
