/** A file that another command reads, and a folder where a file is wanted. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { fixture } from "../support/recordings.js";

const folder = mkdtempSync(join(tmpdir(), "qtrace-wrong-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["multifd", "return-path"])("stream %s of a main channel", async (command) => {
  const file = fixture("microvm-file", "stream.bin");
  expect(await runCli(["stream", command, file])).toEqual({
    code: 1,
    out: "",
    err: `qtrace: ${file}: is a main channel: qtrace stream items reads it\n`,
  });
});

test("stream multifd of what is no channel at all", async () => {
  const file = join(folder, "text");
  writeFileSync(file, "some words that are no channel ".repeat(20));
  const { err } = await runCli(["stream", "multifd", file]);
  expect(err).toMatch(/^qtrace: .*: no multifd channel: magic 0x[^\n]*\n$/);
});

test("decode of a recording's folder names the traces in it", async () => {
  const recording = fixture("microvm-file");
  const { code, err } = await runCli(["decode", recording]);
  expect(code).toBe(2);
  expect(err).toMatch(/: is a folder; in it are .*source\.simpletrace.*\n$/);
  expect((await runCli(["decode", folder])).err).toBe(`qtrace: ${folder}: is a folder\n`);
});

test("a command that is nearly one", async () => {
  const { code, err } = await runCli(["strem"]);
  expect(code).toBe(2);
  expect(err).toMatch(
    /^qtrace: unknown command 'strem'; --help lists [^\n]*\n\(Did you mean stream\?\)\n$/,
  );
});
