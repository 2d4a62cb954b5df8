import { spawnSync } from "node:child_process";
import type { RandomDeclaration } from "./random-declaration.js";

const head = `#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>
`;

/** gcc's findings on a declaration, as `describeFinding` words ours. */
export interface GccFindings {
  /** Told by `-Wformat`, by `-Wformat -Wformat-signedness`, or by both. */
  readonly all: readonly string[];
  /** Told by `-Wformat` alone, and no more with `-Wformat-signedness`. */
  readonly hushed: readonly string[];
}

/**
 * What gcc says of each declaration. Each is printed as QEMU's log backend does it: between the
 * event's name and a newline.
 */
export function gccFindings(
  gcc: string,
  options: readonly string[],
  declarations: readonly RandomDeclaration[],
): GccFindings[] {
  const plain = run(gcc, ["-Wformat", ...options], declarations);
  const signedness = run(gcc, ["-Wformat", "-Wformat-signedness", ...options], declarations);
  return signedness.map((found, index) => {
    const hushed = plain[index]!.filter((finding) => !found.includes(finding));
    return { all: [...found, ...hushed], hushed };
  });
}

function run(
  gcc: string,
  options: readonly string[],
  declarations: readonly RandomDeclaration[],
): string[][] {
  const functions = declarations.map(({ types, format }, index) => {
    const parameters = types.map((type, at) => `${type} a${at}`).join(", ") || "void";
    const values = types.map((_, at) => `, a${at}`).join("");
    return `void f${index}(${parameters}) { printf("e " ${format} "\\n"${values}); }\n`;
  });
  const { status, stderr } = spawnSync(
    gcc,
    [
      ...["-std=gnu17", "-fsyntax-only"],
      ...["-fno-diagnostics-show-caret", "-fdiagnostics-color=never", ...options, "-x", "c", "-"],
    ],
    {
      input: head + functions.join(""),
      encoding: "utf8",
      maxBuffer: 1 << 30,
      env: { ...process.env, LC_ALL: "C" },
    },
  );
  if (status !== 0) throw new Error(`gcc failed: ${stderr.slice(0, 2000)}`);
  return readFindings(stderr, declarations.length);
}

/** gcc's warnings by function, which it names before the first warning in each. */
function readFindings(output: string, count: number): string[][] {
  const findings: string[][] = Array.from({ length: count }, () => []);
  let current: string[] | undefined;
  for (const line of output.split("\n")) {
    const name = /In function 'f(\d+)'/.exec(line);
    if (name) current = findings[Number(name[1])];
    const message = /: warning: (.*) \[-W\S+\]$/.exec(line)?.[1];
    const finding = message && describeMessage(message);
    // Of `%n` with a pointer to a constant of another type gcc tells twice that it is wrong.
    if (!finding || (finding.startsWith("wrong-type") && current?.includes(finding))) continue;
    current?.push(finding);
  }
  return findings;
}

const flagNames = "'.' flag|field width|precision";
const wordings: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  // The format itself is the first argument that gcc counts.
  [
    /expects argument of type '.*', but argument (\d+) has/,
    ([, n]) => `wrong-type ${Number(n) - 2}`,
  ],
  [/^writing into constant object \(argument (\d+)\)/, ([, n]) => `wrong-type ${Number(n) - 2}`],
  [/expects a matching '.*' argument/, () => "too-few-arguments"],
  [/^too many arguments for format/, () => "too-many-arguments"],
  [/length modifier with '(.)' type character has/, ([, letter]) => `wrong-length ${letter}`],
  [/^embedded '\\0' in format/, () => "embedded-nul"],
  [/^repeated ('.') flag/, ([, flag]) => `repeated-flag ${flag}`],
  [
    new RegExp(`^(${flagNames}) used with '%(.)' gnu_printf`),
    ([, flag, letter]) => `useless-flag ${bare(flag!)} ${letter}`,
  ],
  [
    new RegExp(`^(${flagNames}) ignored with (${flagNames})`),
    ([, flag, by]) => `ignored-flag ${bare(flag!)} ${bare(by!)}`,
  ],
];

const bare = (flag: string) => flag.replace(/ flag$/, "").replace(/^field /, "");

function describeMessage(message: string): string {
  for (const [pattern, describe] of wordings) {
    const match = pattern.exec(message);
    if (match) return describe(match);
  }
  return message;
}
