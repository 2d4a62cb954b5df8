/**
 * The log sink's lines beside glibc's printf, for every format of QEMU: one C program is the judge.
 * QTRACE_SEED sets with which values.
 */

import { expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { decodeUtf8 } from "../../src/bytes/utf8.js";
import { buildModel } from "../../src/model/build-model.js";
import type { ArgumentModel } from "../../src/model/event-model.js";
import { groupName } from "../../src/model/group-name.js";
import { LogSink } from "../../src/runtime/log-sink.js";
import type { ArgumentValue } from "../../src/runtime/trace-event.js";
import { cString } from "../printf/c-string.js";
import { glibcPrintf } from "../printf/glibc.js";
import { corpusSources } from "../support/corpus.js";
import { seededRandom } from "../support/random.js";
import { describeWith } from "../support/tools.js";
import { randomValues } from "./random-values.js";
import { traceEventsOf } from "./trace-events-of.js";

/** C's source of a value, not wrapped yet: the cast to the declared type does that. */
function cArgument({ type }: ArgumentModel, value: ArgumentValue): string {
  if (type.kind === "string") return value === null ? "(char *)0" : cString(String(value));
  const bits = BigInt.asUintN(64, BigInt(value as bigint | number | boolean));
  return `(${type.spelling})0x${bits.toString(16)}ull`;
}

/** The format as C's source has it: what stands behind the arguments. */
function cFormat(declaration: string): string {
  return declaration.slice(declaration.indexOf(")") + 1).trim() || '""';
}

describeWith(["shared", "gcc"], "the log sink", (tool) => {
  test("prints every event of QEMU as glibc does", { timeout: 240_000 }, () => {
    const random = seededRandom(Number(process.env.QTRACE_SEED ?? 1));
    const models = corpusSources("qemu-10.2.2").flatMap(({ text, path }) =>
      buildModel(parse(text, path), { group: groupName(path) }),
    );
    const calls = models.flatMap((model) => [
      { model, values: randomValues(random, model) },
      { model, values: randomValues(random, model) },
    ]);
    let ours: string[] = [];
    const sink = new LogSink({
      write: (line) => ours.push(line),
      timestamps: "none",
      bufferSize: 0,
    });
    const events = new Map(traceEventsOf(models).map((event, index) => [models[index]!, event]));
    for (const { model, values } of calls) sink.write(events.get(model)!, values);
    const theirs = glibcPrintf(
      tool,
      calls.map(({ model, values }) => ({
        format: cFormat(model.declaration),
        arguments: model.arguments.map((argument, index) => cArgument(argument, values[index]!)),
      })),
    );
    expect(ours.length).toBe(calls.length);
    const wrong = calls.flatMap(({ model, values }, index) => {
      const glibc = `${model.name} ${decodeUtf8(theirs[index]!)}\n`;
      return ours[index] === glibc
        ? []
        : [{ declaration: model.declaration, values, ours: ours[index], glibc }];
    });
    ours = [];
    expect(wrong.slice(0, 10)).toEqual([]);
  });
});
