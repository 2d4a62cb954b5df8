/**
 * Texts of a million characters that are made to take a quadratic search for hours. Each step prints
 * its name when it is done; test/hostile-texts.test.ts runs this file in a process that can be ended.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { swappedPlaces } from "../../src/lint/swapped-names.js";
import { FormatReader } from "../../src/traces/lines/format-reader.js";
import { modelsOf } from "../runtime/trace-events-of.js";
import { runCli } from "./cli.js";

const MANY = 1_000_000;
const logLine = "12@1.000001:savevm_state_setup \n";
const folder = mkdtempSync(join(tmpdir(), "qtrace-long-"));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function readBack(declaration: string, text: string): void {
  new FormatReader(modelsOf(`${declaration}\n`)[0]!).read(text);
}

const steps: Readonly<Record<string, () => unknown>> = {
  "a name of underscores in a log": () =>
    runCli(["decode", write("underscores.log", `${logLine}12@1.000002:a${"_".repeat(MANY)}- x\n`)]),
  "digits of two numbers": () => readBack('e(int a, int b) "%d%d"', "1".repeat(MANY)),
  "padded strings with many ends": () =>
    readBack('e(const char *a, const char *b) "%-9s;%s|"', " ;".repeat(MANY / 2)),
  "QEMU's name many times": () => {
    const names = `${"qemu".repeat(MANY / 4)}\n${"qemu: e".repeat(MANY / 7)}\u2028x\n`;
    const log = write("qemu.log", logLine + names);
    return runCli(["analyze", "--source", log, "--destination", log]);
  },
  "underscores within a name": () => {
    const name = `a${"_".repeat(MANY)}b`;
    swappedPlaces([`${name}c`, `${name}d`], [`${name}e`, `${name}f`]);
  },
  "blanks in a cast and in an ignore comment": () => {
    mkdirSync(join(folder, "hw"));
    const blanks = " ".repeat(MANY);
    write("hw/a.c", `void f(void) { trace_e((const ${"const ".repeat(900)}${blanks}1 + x); }\n`);
    const ignore = `# qtrace-ignore x,${blanks}y,${blanks}z`;
    write("hw/trace-events", `# a.c\n${ignore}\ne(int a) "%d"\n`);
    return runCli(["lint", "--source", folder, "--fix", join(folder, "hw/trace-events")]);
  },
};

try {
  for (const [name, run] of Object.entries(steps)) {
    await run();
    console.log(name);
  }
  console.log("all");
} finally {
  rmSync(folder, { recursive: true });
}
