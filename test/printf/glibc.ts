import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
#include <sys/types.h>
static char text[1 << 16];
static void out(int length)
{
    for (int i = 0; i < length; i++) printf("%02x", (unsigned char)text[i]);
    putchar('\\n');
}
#define P(...) out(snprintf(text, sizeof text, __VA_ARGS__))
`;

/** Calls in one function: compilers take more than their share of time for long ones. */
const CHUNK = 100;

/** The bytes that glibc prints for each call: one program is compiled and run for all of them. */
export function glibcPrintf(
  gcc: string,
  calls: readonly PrintfCall[],
  options: readonly string[] = [],
): Uint8Array[] {
  const functions: string[] = [];
  for (let at = 0; at < calls.length; at += CHUNK) {
    const lines = calls.slice(at, at + CHUNK).map((call) => {
      return `    P(${[call.format, ...call.arguments].join(", ")});\n`;
    });
    functions.push(`static void f${functions.length}(void)\n{\n${lines.join("")}}\n`);
  }
  const main = `int main(void)\n{\n${functions.map((_, index) => `    f${index}();\n`).join("")}}\n`;
  const output = compileAndRun(gcc, head + functions.join("") + main, options);
  const lines = output.split("\n").slice(0, -1);
  if (lines.length !== calls.length) throw new Error(`${lines.length} lines, not ${calls.length}`);
  return lines.map((line) => Buffer.from(line, "hex"));
}

/** Compiles a C program, runs it, and gives what it prints. */
export function compileAndRun(
  gcc: string,
  program: string,
  options: readonly string[] = [],
): string {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-c-"));
  try {
    const [source, binary] = [join(folder, "a.c"), join(folder, "a.out")];
    writeFileSync(source, program);
    const all = ["-std=gnu17", "-O0", "-w", "-fno-builtin", ...options, source, "-o", binary];
    execFileSync(gcc, all);
    return execFileSync(binary, { encoding: "latin1", maxBuffer: 1 << 28 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
