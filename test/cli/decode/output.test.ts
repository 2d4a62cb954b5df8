import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../../support/cli.js";
import { startCli } from "../../support/interruptible-cli.js";
import { madeTrace } from "./made-trace.js";

const { folder: made, trace } = madeTrace();
let folder = "";
let count = 0;
beforeEach(() => {
  folder = join(made, `output-${count++}`);
  mkdirSync(folder);
});

const formats = ["text", "csv", "jsonl", "simpletrace", "parquet"];

describe.each(formats)("--output as %s", (format) => {
  test("has its name when it is whole", async () => {
    const output = join(folder, "file");
    const { code } = await runCli(["decode", trace, "--format", format, "--output", output]);
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual(["file"]);
    expect(statSync(output).size).toBeGreaterThan(100);
  });

  test("is as it was before where the input is no trace, or cannot be read", async () => {
    const output = join(folder, "file");
    const wrong = join(made, "wrong");
    writeFileSync(wrong, new Uint8Array(1000).fill(7));
    for (const before of [undefined, "what was there"]) {
      for (const input of [wrong, join(made, "not-there"), made]) {
        if (before !== undefined) writeFileSync(output, before);
        const { code } = await runCli(["decode", input, "--format", format, "--output", output]);
        expect(code).toBe(2);
        expect(readdirSync(folder)).toEqual(before === undefined ? [] : ["file"]);
        if (before !== undefined) expect(readFileSync(output, "utf8")).toBe(before);
      }
    }
  });

  test("has what a cut trace holds", async () => {
    const cut = join(made, "cut");
    writeFileSync(cut, readFileSync(trace).subarray(0, -5));
    const output = join(folder, "file");
    const { code } = await runCli(["decode", cut, "--format", format, "--output", output]);
    expect(code).toBe(1);
    expect(readdirSync(folder)).toEqual(["file"]);
    expect(statSync(output).size).toBeGreaterThan(100);
  });
});

test.each(["csv", "parquet"])(
  "no folder is made for %s tables where the input is no trace",
  async (format) => {
    const wrong = join(made, "wrong");
    writeFileSync(wrong, new Uint8Array(1000).fill(7));
    const output = join(folder, "tables");
    const options = ["--format", format, "--per-event", "--output", output];
    expect((await runCli(["decode", wrong, ...options])).code).toBe(2);
    expect(existsSync(output)).toBe(false);
  },
);

test.each([
  ["/proc/qtrace/tables", "no such file or folder"],
  [join(made, "file"), "not a folder"],
])("tables below %s: %s", async (output, message) => {
  writeFileSync(join(made, "file"), "");
  const options = ["--format", "csv", "--per-event", "--output", output];
  const { code, err } = await runCli(["decode", trace, ...options]);
  expect(code).toBe(2);
  expect(err).toContain(`${output}: ${message}\n`);
});

test("a folder that has a table's name is told by that name", async () => {
  const table = join(folder, "disk_read.csv");
  mkdirSync(table);
  const options = ["--format", "csv", "--per-event", "--output", folder];
  const { code, err } = await runCli(["decode", trace, ...options]);
  expect(code).toBe(2);
  expect(err).toContain(`qtrace: ${table}: is a folder\n`);
});

test("a file keeps its mode, and a link still points to it", async () => {
  const [file, link] = [join(folder, "file"), join(folder, "link")];
  writeFileSync(file, "old");
  chmodSync(file, 0o640);
  symlinkSync(file, link);
  expect((await runCli(["decode", trace, "--output", link])).code).toBe(0);
  expect(readdirSync(folder).sort()).toEqual(["file", "link"]);
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readFileSync(link, "utf8")).toBe((await runCli(["decode", trace])).out);
});

test("a device is written to as it is", async () => {
  expect(await runCli(["decode", trace, "--output", "/dev/null"])).toMatchObject({
    code: 0,
    out: "",
  });
});

test("a folder is none", async () => {
  const { code, err } = await runCli(["decode", trace, "--output", folder]);
  expect(code).toBe(2);
  expect(err).toContain(`${folder}: is a folder\n`);
});

test("with --follow, lines can be read as they come", async () => {
  const output = join(folder, "file");
  const { result, interrupt } = startCli(["decode", trace, "--follow", "--output", output]);
  const whole = (await runCli(["decode", trace])).out;
  while (!existsSync(output) || readFileSync(output, "utf8") !== whole) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  interrupt();
  expect((await result).code).toBe(0);
});
