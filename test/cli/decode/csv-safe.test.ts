/** Cells that a spreadsheet would run, and names that JavaScript has a use for. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "../../../grammar/parse.js";
import { destinationMarks } from "../../../src/analysis/destination-marks.js";
import { csvField } from "../../../src/cli/decode/csv-field.js";
import { buildModel } from "../../../src/model/build-model.js";
import { SimpleSink } from "../../../src/runtime/simple-sink.js";
import { TraceEvent } from "../../../src/runtime/trace-event.js";
import { runCli } from "../../support/cli.js";

const folder = mkdtempSync(join(tmpdir(), "qtrace-csv-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe("--csv-safe", () => {
  const events = write("formulas", 'say(const char *text, int64_t number) "%s%" PRId64\n');
  const said = ["=1+1", "+1", "-x", "@a", "\tb", "\uff1dc", "plain", ""];
  const log = write("a.log", said.map((text) => `12@1.000001:say ${text}-7\n`).join(""));
  const decode = (...args: string[]) =>
    runCli(["decode", log, "--events", events, "--format", "csv", ...args]);
  const lines = (text: string) => text.trimEnd().split("\n").slice(1);
  /** Cells of a line without quoted commas. */
  const texts = (text: string) => lines(text).map((line) => line.split(",")[4]);

  test("puts a ' before text that is a formula; a negative number stays one", async () => {
    expect(texts((await decode()).out)).toEqual(said.map((text) => `${text}-7`));
    expect(texts((await decode("--csv-safe")).out)).toEqual([
      ...["'=1+1-7", "'+1-7", "'-x-7", "'@a-7", "'\tb-7", "'\uff1dc-7", "plain-7", "-7"],
    ]);
    const tables = join(folder, "tables");
    expect(await decode("--csv-safe", "--per-event", "--output", tables)).toMatchObject({
      code: 0,
    });
    const rows = lines(readFileSync(join(tables, "say.csv"), "utf8"));
    expect(rows[0]).toMatch(/,'=1\+1,-7$/);
    expect(rows.every((row) => row.endsWith(",-7"))).toBe(true);
  });

  test("also of simpletrace, which has its own printer", async () => {
    const [model] = buildModel(parse(readFileSync(events, "utf8"), "f"), { group: "root" });
    const chunks: Uint8Array[] = [];
    const sink = new SimpleSink({ write: (bytes) => void chunks.push(bytes), pid: 1 });
    const args = [
      ["text", "string"],
      ["number", "i64"],
    ] as const;
    const format = model!.format!.pieces;
    const event = new TraceEvent(
      { group: "root", name: "say", arguments: args, format },
      0,
      () => {},
    );
    sink.define(event);
    for (const text of said) sink.write(event, [text, -7n]);
    sink.flush();
    const trace = write("a.simpletrace", Buffer.concat(chunks));
    const { out } = await runCli([
      ...["decode", trace, "--events", events, "--format", "csv", "--csv-safe"],
    ]);
    expect(texts(out)).toEqual(
      said.map((text) => (text === "plain" || text === "" ? `${text}-7` : `'${text}-7`)),
    );
  });

  test.each([
    ["=A1,B1", `"'=A1,B1"`],
    ['@"x"', `"'@""x"""`],
    ["\r=1", `"'\r=1"`],
    ["\n=1", `"'\n=1"`],
    ["-1.5e-3", "-1.5e-3"],
    ["-1+1", "'-1+1"],
    ["a=1", "a=1"],
  ])("%j is the field %j", (text, field) => {
    expect(csvField(text, true)).toBe(field);
  });
  test("numbers stay, and it is for csv only", async () => {
    expect([csvField(-5, true), csvField(-5n, true)]).toEqual(["-5", "-5"]);
    const { code, err } = await runCli(["decode", log, "--events", events, "--csv-safe"]);
    expect([code, err]).toEqual([2, expect.stringContaining("--csv-safe needs --format csv")]);
  });
});

describe("names that objects have already", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
  const list = names.map((name) => `int ${name}`).join(", ");
  const format = names.map(() => "%d").join(" ");
  const events = write("names", names.map((name) => `${name}_e(${list}) "${format}"\n`).join(""));
  const values = names.map((_, index) => index + 1);
  const log = write(
    "names.log",
    names.map((name) => `12@1.000001:${name}_e ${values.join(" ")}\n`).join(""),
  );
  const json = `{${names.map((name, index) => `"${name}":${values[index]}`).join(",")}}`;

  test("are arguments in jsonl and in csv", async () => {
    const jsonl = await runCli(["decode", log, "--events", events, "--format", "jsonl"]);
    expect(jsonl.out.trimEnd().split("\n")).toEqual(
      names.map((name) => expect.stringMatching(new RegExp(`"${name}_e".*"arguments":`))),
    );
    for (const line of jsonl.out.trimEnd().split("\n")) expect(line).toContain(json);
    const csv = await runCli(["decode", log, "--events", events, "--format", "csv"]);
    for (const line of csv.out.trimEnd().split("\n").slice(1)) {
      expect(line).toContain(`"${json.replaceAll('"', '""')}"`);
    }
    const statistics = await runCli([
      "decode",
      log,
      "--events",
      events,
      "--stats",
      "--format",
      "csv",
    ]);
    expect(statistics.out.match(/^\w+_e,1,/gm)).toHaveLength(names.length);
  });

  test("are events to an analysis, of no meaning", () => {
    const models = buildModel(parse(names.map((name) => `${name}(void) ""\n`).join(""), "f"), {
      group: "root",
    });
    const records = models.map((event, offset) => ({
      ...({ type: "event", name: event.name, event, values: [], offset, pid: 1 } as const),
      ...{ timestamp: 1n, payload: new Uint8Array(0) },
    }));
    expect(destinationMarks(records)).toEqual([]);
  });
});
