/** What is found in a folder may be a FIFO, whose other end nobody opens. */

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { fixture } from "../support/recordings.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-irregular-"));
afterAll(() => rmSync(work, { recursive: true }));

function folderWith(fifo: string, others: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(work, "folder-"));
  for (const [name, file] of Object.entries(others)) copyFileSync(file, join(folder, name));
  execFileSync("mkfifo", [join(folder, fifo)]);
  return folder;
}

const withStream = { "stream.bin": fixture("microvm-file", "stream.bin") };

test.each([
  ["analyze", "stream.bin", {}],
  ["analyze", "source.log", withStream],
  ["analyze", "recording.json", withStream],
  ["send", "channel0.bin", {}],
  ["query", "dataset.json", {}],
  ["lint", "qtrace.config.json", {}],
])("%s refuses a FIFO called %s", async (command, fifo, others) => {
  const folder = folderWith(fifo, others);
  writeFileSync(join(folder, "trace-events"), "");
  const more = { send: ["--to", "127.0.0.1:1"], query: ["SELECT 1"] }[command] ?? [];
  const { code, err } = await runCli([command, folder, ...more]);
  expect({ code, err }).toEqual({
    code: 2,
    err: `qtrace: ${join(folder, fifo)}: is not a regular file\n`,
  });
});

test("export leaves out a recording with a FIFO, and takes the others", async () => {
  const recordings = mkdtempSync(join(work, "recordings-"));
  mkdirSync(join(recordings, "good"));
  copyFileSync(withStream["stream.bin"], join(recordings, "good", "stream.bin"));
  for (const fifo of ["stream.bin", "recording.json"]) {
    const folder = join(recordings, `with-${fifo}`);
    mkdirSync(folder);
    execFileSync("mkfifo", [join(folder, fifo)]);
  }
  const output = join(work, "data-set");
  const { out, err } = await runCli(["export", recordings, "--output", output, "--jobs", "1"]);
  expect(out).toContain("1 exported, 0 there already, 2 left out");
  expect(err).toContain("stream.bin: is not a regular file; left out");
});
