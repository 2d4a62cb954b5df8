import { expect, test } from "vitest";
import { tracingWords } from "../../src/report/tracing-words.js";
import { analysisOf, ms, segmentOf } from "./empty-analysis.js";

const words = (
  records: number,
  took: number | undefined,
  { path = false, lower }: { readonly path?: boolean; readonly lower?: number },
) =>
  tracingWords(
    analysisOf({
      tracing: {
        perRecord: { source: undefined, destination: undefined },
        downtime: { records, nanoseconds: took === undefined ? undefined : ms(took) },
        devices: [],
      },
      downtime: {
        path: path
          ? [segmentOf("source", "save", "ram", [10, 15]), segmentOf("wire", "wait", "", [15, 30])]
          : [],
        guestBounds: { lower: lower === undefined ? undefined : ms(lower), upper: undefined },
      },
    }),
  );
const HINT = "trace fewer events: `qtrace events migration`";

test.each([
  [4999, 1.99, { path: true }, undefined],
  [
    4999,
    2,
    { path: true },
    `4,999 records were written during the downtime, about 2.0 of its 20 ms; ${HINT}`,
  ],
  [
    5000,
    0.1,
    { path: true },
    `5,000 records were written during the downtime, about 0.1 of its 20 ms; ${HINT}`,
  ],
  // The path is more exact than the bound.
  [
    9,
    2,
    { path: true, lower: 1000 },
    `9 records were written during the downtime, about 2.0 of its 20 ms; ${HINT}`,
  ],
  [9, 9.94, { lower: 10 }, `9 records were written during the downtime, about 9.9 ms; ${HINT}`],
  [9, 10, { lower: 10 }, `9 records were written during the downtime, about 10 ms; ${HINT}`],
  [9, 0.99, { lower: 10 }, undefined],
  [9000, undefined, { lower: 10 }, undefined],
  [9000, 10, {}, undefined],
  [9000, 10, { lower: 0 }, undefined],
])("%d records that took %s ms, %o: %s", (records, took, known, text) => {
  expect(words(records, took, known)).toBe(text);
});

test("nothing is said without an estimate", () => {
  expect(tracingWords(analysisOf({}))).toBeUndefined();
});
