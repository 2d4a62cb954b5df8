/**
 * The tracers of all of QEMU's events: type-checked in one run of tsc, formatted as a formatter has
 * them, without a finding of a linter, and each of them called.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { generate } from "../../src/codegen/generate.js";
import { buildModel } from "../../src/model/build-model.js";
import type { EventModel } from "../../src/model/event-model.js";
import { groupName } from "../../src/model/group-name.js";
import type * as Runtime from "../../src/runtime/index.js";
import type { ArgumentValue, TraceEvent } from "../../src/runtime/trace-event.js";
import { readRecords } from "../../src/traces/read-records.js";
import { cValueOf, keptValue } from "../runtime/kept-value.js";
import { randomValues } from "../runtime/random-values.js";
import { corpusSources } from "../support/corpus.js";
import { seededRandom } from "../support/random.js";
import { repoRoot } from "../support/repo-root.js";
import { describeWith } from "../support/tools.js";
import { checkWithBiome } from "./biome.js";
import { strictOptions } from "./strict-options.js";

type Tracer = (...values: readonly ArgumentValue[]) => void;
type GeneratedModule = Readonly<Record<string, Tracer & TraceEvent>>;

describeWith(["shared"], "the tracers of all of QEMU's events", () => {
  let folder: string;
  let models: EventModel[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "qtrace-"));
    mkdirSync(join(folder, "generated"));
    models = corpusSources("qemu-10.2.2").flatMap(({ text, path }) =>
      buildModel(parse(text, path), { group: groupName(path) }),
    );
    const runtime = join(repoRoot, "src", "runtime", "index.js");
    for (const [name, text] of generate(models, { runtime })) {
      writeFileSync(join(folder, "generated", name), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The modules, and the runtime that they are bundled with. */
  async function load(): Promise<{
    runtime: typeof Runtime;
    groups: Map<string, GeneratedModule>;
  }> {
    const groups = [...new Set(models.map(({ group }) => group))];
    const contents = [
      `export * as runtime from ${JSON.stringify(join(repoRoot, "src", "runtime", "index.ts"))};`,
      ...groups.map((group) => `export * as ${group} from "./generated/${group}.ts";`),
    ].join("\n");
    const outfile = join(folder, "all.mjs");
    await build({
      stdin: { contents, resolveDir: folder },
      ...{ bundle: true, format: "esm", platform: "neutral", outfile },
    });
    const { runtime, ...modules } = await import(pathToFileURL(outfile).href);
    return { runtime, groups: new Map(Object.entries(modules as Record<string, GeneratedModule>)) };
  }

  test("pass a strict type check, in one run", () => {
    const configuration = { compilerOptions: strictOptions, include: ["generated"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configuration));
    const tsc = join(repoRoot, "node_modules", "typescript/bin/tsc");
    execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  }, 240_000);

  test("are as a formatter leaves them, and a linter finds nothing in them", () => {
    checkWithBiome(folder);
  });

  test("are called with values, and their records read back", { timeout: 120_000 }, async () => {
    const { runtime, groups } = await load();
    const chunks: Uint8Array[] = [];
    const memory = new runtime.MemorySink({ clock: () => 7n });
    runtime.addSink(memory);
    runtime.addSink(new runtime.SimpleSink({ write: (bytes) => chunks.push(bytes), pid: 4711 }));
    runtime.enableEvents("*");

    const random = seededRandom(10);
    const calls = models.map((model) => ({ model, values: randomValues(random, model) }));
    for (const { model, values } of calls) {
      const { [`trace_${model.name}`]: tracer } = groups.get(model.group)!;
      tracer!(...values);
    }
    runtime.flushSinks();

    const traced = calls.filter(({ model }) => !model.disabled);
    expect(calls.length).toBeGreaterThan(5500);
    expect(traced.length).toBeGreaterThan(5400);
    expect(runtime.definedEvents().length).toBe(traced.length);
    for (const [index, call] of traced.entries()) {
      expect(memory.records[index]).toEqual(recordOf(call, cValueOf));
    }

    const read: unknown[] = [];
    const declared = traced.map(({ model }) => model);
    for await (const { pid, ...record } of readRecords(chunks, declared)) {
      expect(pid).toBe(4711);
      read.push({ ...record, timestamp: 7n });
    }
    // A trace has no groups: bsd_user's and linux_user's events of one name are one to its reader.
    const first = new Map(declared.toReversed().map((model) => [model.name, model]));
    for (const [index, { model, values }] of traced.entries()) {
      expect(read[index]).toEqual(recordOf({ model: first.get(model.name)!, values }, keptValue));
    }
  });
});

function recordOf(
  { model, values }: { readonly model: EventModel; readonly values: readonly ArgumentValue[] },
  convert: typeof cValueOf,
): Runtime.TypedRecord {
  const named = model.arguments.map((argument, index) => [
    argument.name,
    convert(argument, values[index]!),
  ]);
  return {
    group: model.group,
    event: model.name,
    timestamp: 7n,
    arguments: Object.fromEntries(named),
  };
}
