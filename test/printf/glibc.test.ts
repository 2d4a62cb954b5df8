/**
 * Our printf against glibc's, on random formats and up to 100,000 rows of values, which one small C program
 * reads from its input. Bytes that are no UTF-8, such as those of a character that a precision cuts,
 * are U+FFFD in ours, as they are to everybody who reads the log as UTF-8.
 *
 * QTRACE_PRINTF_FORMATS sets how many formats are tried (by default 400, and 1,000 in the long
 * form), each with a hundred rows of values; QTRACE_SEED which.
 */
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../src/bytes/utf8.js";
import { formatPrintf } from "../../src/printf/format.js";
import { shortOrLong } from "../support/long-form.js";
import { describeWith, type Program } from "../support/programs.js";
import { seededRandom } from "../support/random.js";
import { compilerOf, glibcPrintfValues } from "./glibc.js";
import { randomCall, randomValues } from "./random-call.js";

const formats = Number(process.env.QTRACE_PRINTF_FORMATS ?? shortOrLong(400, 1000));
const seed = Number(process.env.QTRACE_SEED ?? 1);
const ROWS = 100;

const compilers = [
  { needs: ["gcc"], dataModel: "LP64", options: ["-m64"], count: formats },
  { needs: ["gcc32", "run32"], dataModel: "ILP32", options: ["-m32"], count: formats / 5 },
] as const;

for (const { needs, dataModel, options, count } of compilers) {
  describeWith(needs, `glibc, ${dataModel}`, (found: Partial<Record<Program, string>>) => {
    const timeout = 60_000 + 100 * count;
    test(`prints ${count} random formats of ${ROWS} values each as we do`, { timeout }, () => {
      const random = seededRandom(seed);
      const calls = Array.from({ length: count }, () => {
        const { event, format, values } = randomCall(random, dataModel);
        const more = Array.from({ length: ROWS - 1 }, () => randomValues(random, event));
        return { event, format, values: [values, ...more] };
      });
      const theirs = glibcPrintfValues(compilerOf(found, options), calls);
      expect(theirs).toHaveLength(count * ROWS);
      const rows = calls.flatMap(({ event, values }) => values.map((row) => ({ event, row })));
      const wrong = rows.flatMap(({ event, row }, index) => {
        const glibc = decodeUtf8(theirs[index]!);
        const ours = formatPrintf(event.format!.pieces, row);
        return ours === glibc ? [] : [{ event: event.declaration, row, ours, glibc }];
      });
      expect(wrong.slice(0, 20)).toEqual([]);
    });
  });
}
