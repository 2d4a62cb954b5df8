/**
 * Tracers of random events, judged by others: tsc compiles them and calls of them, glibc's printf
 * prints the same values, and QEMU's simpletrace.py reads the trace that they write.
 *
 * QTRACE_CODEGEN_EVENTS sets how many events are tried (by default 150, and 400 in the long form), QTRACE_SEED which.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeUtf8 } from "../../src/bytes/utf8.js";
import { generate } from "../../src/codegen/generate.js";
import type { EventModel } from "../../src/model/event-model.js";
import { EventTable } from "../../src/model/event-table.js";
import type * as Runtime from "../../src/runtime/index.js";
import type { ArgumentValue } from "../../src/runtime/trace-event.js";
import { openTrace } from "../../src/traces/open-trace.js";
import type { RecordPrinter } from "../../src/traces/record-printer.js";
import { SimpletracePrinter } from "../../src/traces/simpletrace-printer.js";
import { TextPrinter } from "../../src/traces/text-printer.js";
import { glibcPrintfValues } from "../printf/glibc.js";
import { cValueOf, keptValue } from "../runtime/kept-value.js";
import { randomValues } from "../runtime/random-values.js";
import { modelsOf } from "../runtime/trace-events-of.js";
import { shortOrLong } from "../support/long-form.js";
import { pick, seededRandom } from "../support/random.js";
import { repoRoot } from "../support/repo-root.js";
import { describeWith, testWith } from "../support/tools.js";
import {
  declarationOf,
  fittingConversions,
  type RandomEvent,
  randomEvents,
} from "./random-events.js";
import { strictOptions } from "./strict-options.js";

const count = Number(process.env.QTRACE_CODEGEN_EVENTS ?? shortOrLong(150, 400));
const seed = Number(process.env.QTRACE_SEED ?? 17);
/** Calls of each event. */
const ROWS = 5;

/** Groups whose own names are like those of events, of what modules import, and of words. */
const groups = ["root", "hw_net", "typed", "new", "a", "__proto__", "_1st", "2nd", "event"];

interface Case {
  readonly event: RandomEvent;
  readonly model: EventModel;
  readonly rows: readonly (readonly ArgumentValue[])[];
}

/** What the program of `callsModule` exports. */
interface Program {
  readonly runtime: typeof Runtime;
  readonly run: () => void;
  readonly argumentsOf: (record: Runtime.TypedRecord) => ArgumentValue[];
}

describeWith(["gcc"], `tracers of ${count} random events`, ({ gcc }) => {
  let folder: string;
  let cases: Case[];
  let program: Program;
  /** One line per call of an event that is not disabled. */
  const logged: string[] = [];
  const trace: Uint8Array[] = [];
  let records: readonly Runtime.TypedRecord[];

  const traced = () => cases.filter(({ event }) => !event.disabled);
  /** The calls that leave a record, in order. */
  const calls = () =>
    traced().flatMap(({ event, model, rows }) => rows.map((values) => ({ event, model, values })));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "qtrace-"));
    const random = seededRandom(seed);
    cases = randomEvents(random, fittingConversions(gcc), count).map((event) => {
      const [model] = modelsOf(declarationOf(event), pick(random, groups));
      const rows = Array.from({ length: ROWS }, () => randomValues(random, model!));
      return { event, model: model!, rows };
    });
    const runtime = join(repoRoot, "src", "runtime", "index.js");
    const modules = generate(
      cases.map(({ model }) => model),
      { runtime },
    );
    mkdirSync(join(folder, "generated"));
    for (const [name, text] of modules) writeFileSync(join(folder, "generated", name), text);
    writeFileSync(join(folder, "calls.ts"), callsModule(cases, modules, runtime));

    const outfile = join(folder, "calls.mjs");
    await build({
      entryPoints: [join(folder, "calls.ts")],
      ...{ bundle: true, format: "esm", platform: "neutral", outfile },
    });
    program = await import(pathToFileURL(outfile).href);
    const { LogSink, MemorySink, SimpleSink, addSink, enableEvents, flushSinks } = program.runtime;
    const write = (line: string) => void logged.push(line);
    const memory = new MemorySink({ clock: () => 7n });
    addSink(memory);
    addSink(new LogSink({ write, timestamps: "none", bufferSize: 0 }));
    addSink(new SimpleSink({ write: (bytes) => void trace.push(bytes), clock: () => 7n, pid: 1 }));
    enableEvents("*");
    program.run();
    flushSinks();
    records = memory.records;
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test("and calls of them pass a strict type check", { timeout: 240_000 }, () => {
    const configuration = { compilerOptions: strictOptions, files: ["calls.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configuration));
    const tsc = join(repoRoot, "node_modules", "typescript", "bin", "tsc");
    execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  });

  test("give records whose arguments are what C passes, under their names", () => {
    expect(records.length).toBe(calls().length);
    for (const [index, { event, model, values }] of calls().entries()) {
      const { event: name, group, arguments: named } = records[index]!;
      expect([name, group]).toEqual([event.name, model.group]);
      expect(Object.keys(named).sort()).toEqual(event.names.toSorted());
      const expected = model.arguments.map((argument, at) => cValueOf(argument, values[at]!));
      expect(program.argumentsOf(records[index]!), declarationOf(event)).toEqual(expected);
    }
  });

  /** What glibc prints of the rows of each event, each after the event's name. */
  function glibcLines(wanted: readonly Case[]): string[] {
    const printed = glibcPrintfValues(
      { gcc },
      wanted.map(({ event, model, rows }) => ({
        event: model,
        format: event.format ?? '""',
        values: rows,
      })),
    );
    const names = wanted.flatMap(({ event, rows }) => rows.map(() => event.name));
    return names.map((name, index) => `${name} ${decodeUtf8(printed[index]!)}\n`);
  }

  test("log what glibc's printf prints", { timeout: 120_000 }, () => {
    const glibc = glibcLines(traced());
    expect(logged.length).toBe(glibc.length);
    const wrong = calls().flatMap(({ event, values }, index) =>
      logged[index] === glibc[index]
        ? []
        : [{ line: declarationOf(event), values, ours: logged[index], glibc: glibc[index] }],
    );
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  /** The lines that a printer makes of the trace. */
  async function printed(printer: RecordPrinter): Promise<string[]> {
    const lines: string[] = [];
    const events = new EventTable(cases.map(({ model }) => model));
    await openTrace(trace, events).each((cursor) => {
      printer.print(cursor);
      lines.push(decodeUtf8(printer.take()));
    });
    return lines;
  }

  test("leave a trace whose text is what glibc's printf prints", { timeout: 120_000 }, async () => {
    const lines = await printed(new TextPrinter());
    expect(lines.length).toBe(calls().length);
    const kept = traced().map(({ event, model, rows }) => ({
      event,
      model,
      rows: rows.map((row) => model.arguments.map((argument, at) => keptValue(argument, row[at]!))),
    }));
    const glibc = glibcLines(kept);
    const wrong = kept
      .flatMap(({ event, rows }) => rows.map((row) => ({ line: declarationOf(event), row })))
      .map((call, index) => ({ ...call, ours: lines[index], glibc: glibc[index] }))
      // A character that the cut at 512 bytes leaves in pieces has more bytes as U+FFFD.
      .filter(({ row, ours, glibc }) => ours !== glibc && !row.join().includes("\ufffd"));
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  testWith(
    ["python", "qemuScripts"],
    "leave a trace that simpletrace.py prints as we do",
    async (tool) => {
      const [declarations, file] = [join(folder, "trace-events"), join(folder, "trace")];
      writeFileSync(declarations, cases.map(({ event }) => declarationOf(event)).join(""));
      writeFileSync(file, Buffer.concat(trace));
      const script = join(tool.qemuScripts, "simpletrace.py");
      const theirs = execFileSync(tool.python, [script, declarations, file], {
        encoding: "utf8",
        maxBuffer: 1 << 30,
      });
      const ours = await printed(new SimpletracePrinter());
      expect(ours.length).toBe(calls().length);
      expect(ours.join("")).toBe(theirs);
    },
    60_000,
  );
});

/** A module that calls each tracer with literals, and takes records apart by their types. */
function callsModule(
  cases: readonly Case[],
  modules: ReadonlyMap<string, string>,
  runtime: string,
): string {
  const names = [...modules.keys()].map((file) => file.replace(/\.ts$/, ""));
  const imported = names.map(
    (name) => `import * as g${names.indexOf(name)} from "./generated/${name}.js";\n`,
  );
  const module = ({ model }: Case) => `g${names.indexOf(model.group)}`;
  const lines = cases.flatMap((one) =>
    one.rows.map(
      (row) => `  ${module(one)}.trace_${one.event.name}(${row.map(literal).join(", ")});\n`,
    ),
  );
  const unions = names.map((name, index) => {
    const text = modules.get(`${name}.ts`)!;
    return `g${index}.${/: EventGroup<(\w+)> =/.exec(text)![1]}`;
  });
  const branches = names.flatMap((name, index) => [
    `  if (record.group === ${JSON.stringify(name)}) {\n`,
    `    const typed = record as ${unions[index]};\n    switch (typed.event) {\n`,
    ...cases
      .filter(({ event, model }) => model.group === name && !event.disabled)
      .map(({ event }) => {
        const types = event.types.map(recordedType).join(", ");
        const values = event.names.map(
          (argument) => `typed.arguments[${JSON.stringify(argument)}]`,
        );
        return (
          `      case ${JSON.stringify(event.name)}: {\n` +
          `        const all: [${types}] = [${values.join(", ")}];\n        return all;\n      }\n`
        );
      }),
    "    }\n  }\n",
  ]);
  return [
    `import * as runtime from ${JSON.stringify(runtime)};\n`,
    ...imported,
    "export { runtime };\n",
    `export function run(): void {\n${lines.join("")}}\n`,
    "export function argumentsOf(record: runtime.TypedRecord): runtime.ArgumentValue[] {\n",
    ...branches,
    "  throw new Error(record.event);\n}\n",
  ].join("");
}

/** What a record holds for a C type on LP64. */
function recordedType(type: string): string {
  if (/^(const )?char \*$/.test(type)) return "string | null";
  if (type === "bool") return "boolean";
  return /[*]|64|long|size_t|ptr/.test(type) ? "bigint" : "number";
}

function literal(value: ArgumentValue): string {
  return typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
}
