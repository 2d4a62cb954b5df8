/**
 * Our printf beside glibc's, on random formats and values: the types, the values as C's source, the
 * format as it stands in a trace-events file. Bytes that are no UTF-8, such as those of a character
 * that a precision cuts, are U+FFFD in ours, as they are to everybody who reads the log as UTF-8.
 *
 * QTRACE_PRINTF_CALLS sets how many calls are tried (3,000 unless told), QTRACE_SEED which.
 */
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../src/bytes/utf8.js";
import { formatPrintf } from "../../src/printf/format.js";
import { seededRandom } from "../support/random.js";
import { describeWith } from "../support/tools.js";
import { cValue } from "./c-value.js";
import { glibcPrintf } from "./glibc.js";
import { randomCall } from "./random-call.js";

const count = Number(process.env.QTRACE_PRINTF_CALLS ?? 3000);
const seed = Number(process.env.QTRACE_SEED ?? 1);

const compilers = [
  { tool: "gcc", dataModel: "LP64", options: ["-m64"], count },
  { tool: "gcc32", dataModel: "ILP32", options: ["-m32"], count: count / 5 },
] as const;

for (const { tool, dataModel, options, count } of compilers) {
  describeWith([tool], `glibc, ${dataModel}`, (found: Readonly<Record<string, string>>) => {
    test(`prints ${count} random calls as we do`, { timeout: 60_000 + 10 * count }, () => {
      const random = seededRandom(seed);
      const calls = Array.from({ length: count }, () => randomCall(random, dataModel));
      const theirs = glibcPrintf(
        found[tool]!,
        calls.map(({ event, format, values }) => ({
          format,
          arguments: event.arguments.map((argument, index) => cValue(argument, values[index]!)),
        })),
        options,
      );
      const wrong = calls.flatMap(({ event, values }, index) => {
        const glibc = decodeUtf8(theirs[index]!);
        const ours = formatPrintf(event.format!.pieces, values);
        return ours === glibc ? [] : [{ event: event.declaration, values, ours, glibc }];
      });
      expect(wrong.slice(0, 20)).toEqual([]);
    });
  });
}
