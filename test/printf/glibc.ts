import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CType } from "../../src/model/c-type.js";
import type { EventModel } from "../../src/model/event-model.js";
import type { PrintfValue } from "../../src/printf/piece.js";
import type { Program } from "../support/programs.js";

/** A call of printf as C's source has it. */
export interface PrintfCall {
  /** String literals and PRI macros, such as `"0x%" PRIx64`. */
  readonly format: string;
  /** Expressions, such as `(int64_t)-1`. */
  readonly arguments: readonly string[];
}

const head = `#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
static char text[1 << 16];
static void out(int length)
{
    for (int i = 0; i < length; i++) printf("%02x", (unsigned char)text[i]);
    putchar('\\n');
}
#define P(...) out(snprintf(text, sizeof text, __VA_ARGS__))
`;

/** A format, and the values that it is to print, each time others. */
export interface PrintfCalls {
  readonly event: EventModel;
  /** As `PrintfCall.format`. */
  readonly format: string;
  readonly values: readonly (readonly PrintfValue[])[];
}

/** Reads an argument from standard input: 64 bits, or a string's bytes, each in hexadecimal. */
const readers = `static unsigned long long u(void)
{
    unsigned long long value;
    if (scanf("%llx", &value) != 1) abort();
    return value;
}
static char strings[10][4096];
static char *s(int slot)
{
    char hex[8192];
    int length = 0;
    if (scanf("%8191s", hex) != 1) abort();
    if (hex[0] == '-') return 0;
    for (; hex[1 + 2 * length]; length++) {
        unsigned byte;
        if (sscanf(hex + 1 + 2 * length, "%2x", &byte) != 1) abort();
        strings[slot][length] = byte;
    }
    strings[slot][length] = 0;
    return strings[slot];
}
`;

/** The bytes that glibc prints of each format's values, in order: they are fed to one program. */
export function glibcPrintfValues(compiler: Compiler, calls: readonly PrintfCalls[]): Uint8Array[] {
  const functions = calls.map(({ event, format, values }, index) => {
    const types = event.arguments.map(({ type }) => type);
    const locals = types.map((type, place) =>
      type.kind === "string"
        ? `char *a${place} = s(${place});`
        : `unsigned long long a${place} = u();`,
    );
    const cast = (type: CType) =>
      type.kind === "pointer" ? "(void *)(uintptr_t)" : `(${type.spelling})`;
    const args = types.map(
      (type, place) => `, ${type.kind === "string" ? "" : cast(type)}a${place}`,
    );
    return `static void f${index}(void)\n{\n    for (int n = 0; n < ${values.length}; n++) {\n        ${locals.join(" ")}\n        P(${format}${args.join("")});\n    }\n}\n`;
  });
  const main = `int main(void)\n{\n${calls.map((_, index) => `    f${index}();\n`).join("")}}\n`;
  const input = calls.flatMap(({ event, values }) =>
    values.map((row) => row.map((value, place) => inputOf(event, place, value)).join(" ")),
  );
  const program = head + readers + functions.join("") + main;
  return hexLines(compileAndRun(compiler, program, `${input.join("\n")}\n`), input.length);
}

function inputOf(event: EventModel, place: number, value: PrintfValue): string {
  if (event.arguments[place]!.wire === "string") {
    return value === null ? "-" : `s${Buffer.from(String(value)).toString("hex")}`;
  }
  return BigInt.asUintN(64, BigInt(value as number)).toString(16);
}

function hexLines(output: string, count: number): Uint8Array[] {
  const lines = output.split("\n").slice(0, -1);
  if (lines.length !== count) throw new Error(`${lines.length} lines, not ${count}`);
  return lines.map((line) => Buffer.from(line, "hex"));
}

/** Calls in one function: compilers take more than their share of time for long ones. */
const CHUNK = 100;

/** The bytes that glibc prints for each call: one program is compiled and run for all of them. */
export function glibcPrintf(compiler: Compiler, calls: readonly PrintfCall[]): Uint8Array[] {
  const functions: string[] = [];
  for (let at = 0; at < calls.length; at += CHUNK) {
    const lines = calls.slice(at, at + CHUNK).map((call) => {
      return `    P(${[call.format, ...call.arguments].join(", ")});\n`;
    });
    functions.push(`static void f${functions.length}(void)\n{\n${lines.join("")}}\n`);
  }
  const main = `int main(void)\n{\n${functions.map((_, index) => `    f${index}();\n`).join("")}}\n`;
  return hexLines(compileAndRun(compiler, head + functions.join("") + main), calls.length);
}

/** A compiler with its options, and the program that runs what it made, if the kernel cannot. */
export interface Compiler {
  readonly gcc: string;
  readonly options?: readonly string[];
  readonly runner?: string;
}

/** Of the tools that were found: the compiler for 32 bits and what runs its programs, if they are there. */
export function compilerOf(
  { gcc, gcc32, run32 }: Partial<Record<Program, string>>,
  options: readonly string[],
): Compiler {
  return { gcc: (gcc32 ?? gcc)!, options, ...(run32 && { runner: run32 }) };
}

/** Compiles a C program, runs it on its input, and gives what it prints. */
export function compileAndRun(
  { gcc, options = [], runner = "env" }: Compiler,
  program: string,
  input = "",
): string {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-c-"));
  try {
    const [source, binary] = [join(folder, "a.c"), join(folder, "a.out")];
    writeFileSync(source, program);
    const all = ["-std=gnu17", "-O0", "-w", "-fno-builtin", ...options, source, "-o", binary];
    execFileSync(gcc, all);
    return execFileSync(runner, [binary], { input, encoding: "latin1", maxBuffer: 1 << 28 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
