/** C's types beside a compiler: every row of up to four of its words, and the typedefs. */

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import type { CType, DataModel } from "../../src/model/c-type.js";
import { compileAndRun, compilerOf } from "../printf/glibc.js";
import { describeWith, type Program } from "../support/programs.js";

const head = `#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>
`;

const typedefs = [
  ..."int8_t uint8_t int16_t uint16_t int32_t uint32_t int64_t uint64_t".split(" "),
  ..."size_t ssize_t uintptr_t ptrdiff_t".split(" "),
];
const words = "int long short char bool unsigned signed".split(" ");

/** Every row of one to `length` words. */
function rows(length: number): string[] {
  const shorter = length > 1 ? rows(length - 1) : [""];
  const longer = shorter
    .filter((row) => row === "" || row.split(" ").length === length - 1)
    .flatMap((row) => words.map((word) => `${row} ${word}`.trim()));
  return [...shorter.filter(Boolean), ...longer];
}

const scalars = [
  ...rows(4),
  ...typedefs,
  ...typedefs.flatMap((type) => [
    `unsigned ${type}`,
    `${type} int`,
    `const ${type}`,
    `${type} const`,
  ]),
  "const",
];
const spellings = [
  ...scalars,
  ...scalars.map((type) => `${type} *`),
  "void *",
  "void **",
  "char **",
];

/** What our model says of each: `SIZE SIGNED`, or that it is no type. */
function ours(dataModel: DataModel): string[] {
  const text = spellings.map((type) => `e(${type} a)\n`).join("");
  const events = buildModel(parse(text), { group: "", dataModel });
  expect(events).toHaveLength(spellings.length);
  return events.map(({ arguments: [argument] }) => measured(argument!.type, dataModel));
}

function measured(type: CType, dataModel: DataModel): string {
  switch (type.kind) {
    case "unknown":
      return "refused";
    case "bool":
      return "1 0";
    case "integer":
      return `${type.bits / 8} ${Number(type.signed)}`;
    default:
      return dataModel === "LP64" ? "8 0" : "4 0";
  }
}

/** The same of gcc. */
function theirs(found: Partial<Record<Program, string>>, option: string): string[] {
  const compiler = compilerOf(found, [option]);
  const options = ["-std=gnu17", "-fsyntax-only", "-Werror=implicit-int", "-fmax-errors=0", option];
  const lines = spellings.map((type, index) => `typedef ${type} t${index};\n`).join("");
  const { stderr } = spawnSync(compiler.gcc, [...options, "-x", "c", "-"], {
    input: `${head}#line 1\n${lines}`,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const refused = new Set<number>();
  for (const [, line] of stderr.matchAll(/^<stdin>:(\d+):\d+: error:/gm))
    refused.add(Number(line) - 1);
  const accepted = spellings.flatMap((type, index) => (refused.has(index) ? [] : [type]));
  const main = accepted.map((type) => `    P(${type});\n`).join("");
  const program = `${head}#define P(type) printf("%zu %d\\n", sizeof(type), (type)-1 < (type)1)\nint main(void)\n{\n${main}}\n`;
  const sizes = compileAndRun(compiler, program).split("\n");
  let next = 0;
  return spellings.map((_, index) => (refused.has(index) ? "refused" : sizes[next++]!));
}

const compilers = [
  { needs: ["gcc"], dataModel: "LP64", option: "-m64" },
  { needs: ["gcc32", "run32"], dataModel: "ILP32", option: "-m32" },
] as const;

for (const { needs, dataModel, option } of compilers) {
  describeWith(needs, `gcc, ${dataModel}`, (found: Partial<Record<Program, string>>) => {
    test(`agrees on ${spellings.length} types: which are types, their sizes and signs`, () => {
      const [mine, gcc] = [ours(dataModel), theirs(found, option)];
      const wrong = spellings.flatMap((type, index) =>
        mine[index] === gcc[index] ? [] : [`${type}: ${mine[index]}, gcc: ${gcc[index]}`],
      );
      expect(wrong).toEqual([]);
      expect(gcc.filter((said) => said !== "refused").length).toBeGreaterThan(150);
    });
  });
}
