import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { jsonReport } from "../../src/report/json.js";
import { runCli } from "../support/cli.js";
import { fixture, ownEvents, readItems, readRecords } from "../support/recordings.js";
import { repoRoot } from "../support/repo-root.js";
import { describeWith, sharedPath } from "../support/tools.js";

const account = analyze({
  items: await readItems(fixture("microvm-file", "stream.bin")),
  source: readRecords(fixture("microvm-file", "source.simpletrace"), ownEvents),
});
const json = JSON.parse(jsonReport(account));

test("times are decimal strings of nanoseconds", () => {
  expect(json.downtime.reported).toBe(String(account.downtime.reported));
});

test("items have the fields of stream items --json, their label, and both pairings", () => {
  expect(json.items[3]).toMatchObject({
    offset: 176689,
    type: 8,
    command: 11,
    label: "SWITCHOVER_START",
    source: { status: "paired" },
    destination: { status: "no trace" },
  });
});

type Json = Readonly<Record<string, unknown>>;

const schema = JSON.parse(readFileSync(join(repoRoot, "docs", "analyze.schema.json"), "utf8"));

/** The schema that is shipped, without leave for fields that it does not tell. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== "object" || part === null) return part;
  const inner = Object.fromEntries(
    Object.entries(part as Json).map(([name, value]) => [name, closed(value)]),
  );
  const open = inner.properties === undefined || inner.additionalProperties !== undefined;
  return open ? inner : { ...inner, additionalProperties: false };
}

const validate: ValidateFunction = new Ajv2020({ allErrors: true }).compile(
  closed(schema) as object,
);

async function accountOf(...args: string[]): Promise<Json> {
  return JSON.parse((await runCli(["analyze", "--format", "json", ...args])).out) as Json;
}

function faults(json: unknown) {
  return validate(json) ? [] : validate.errors;
}

const own = ["--events", join(repoRoot, "trace-events")];

describe("the schema that is shipped (docs/analyze.schema.json)", () => {
  test("fits the account of stream and traces", async () => {
    expect(faults(await accountOf(fixture("microvm-file"), ...own))).toEqual([]);
  });

  test("fits the account of a stream alone", async () => {
    const stream = fixture("microvm-file", "stream.bin");
    expect(faults(await accountOf("--stream", stream))).toEqual([]);
  });

  test("fits the account of a postcopy's logs, requests and all", async () => {
    const dir = (file: string) => fixture("postcopy-faults", file);
    const traces = ["--source", dir("source.log"), "--destination", dir("destination.log")];
    const json = await accountOf(...traces, ...own, dir("trace-events"));
    expect(faults(json)).toEqual([]);
    expect((json.postcopy as { requests: unknown[] }).requests).toHaveLength(124);
  });

  test("does not fit what is no account", () => {
    expect(faults({ ...json, rounds: 4 })).toHaveLength(1);
    expect(faults({ ...json, unheard: 4 })).toHaveLength(1);
    expect(faults({ ...json, begin: 4 })).not.toEqual([]);
  });
});

describeWith(["shared"], "the schema that is shipped, on recordings", () => {
  test.each(readdirSync(sharedPath("recordings")))("fits the account of %s", async (name) => {
    const version = name === "virt-aarch64-file" ? "qemu-10.0.2" : "qemu-10.2.2";
    const events = ["--events", sharedPath("corpus", version, "trace-events-all")];
    expect(faults(await accountOf(sharedPath("recordings", name), ...events))).toEqual([]);
  });
});
