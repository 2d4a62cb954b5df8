/**
 * Ours against a compiler's. To agree on a declaration means: the same findings of the same kinds,
 * for the same arguments, as often; which words and which order does not matter. Formats with a
 * conversion that C does not have are compared by whether there is anything to say at all.
 *
 * What gcc 12 tells with `-Wformat`, it does not always tell with `-Wformat -Wformat-signedness`:
 * then any unsigned conversion, of whatever width, takes an unsigned argument smaller than int
 * (`%lu` for uint8_t). That is a mistake all the same, and we tell of it. So ours are to equal what
 * gcc tells with either, and what it keeps to itself is to be of that kind and no other.
 *
 * QTRACE_FORMAT_PAIRS sets how many declarations are tried (by default 3,000, and 10,000 in
 * the long form), QTRACE_SEED which.
 */
import { expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import type { DataModel } from "../../src/model/c-type.js";
import { checkFormat, type FormatFinding } from "../../src/model/check-format.js";
import { shortOrLong } from "../support/long-form.js";
import { describeWith } from "../support/programs.js";
import { type GccFindings, gccFindings } from "./gcc-format.js";
import { type RandomDeclaration, randomDeclarations } from "./random-declaration.js";

const pairs = Number(process.env.QTRACE_FORMAT_PAIRS ?? shortOrLong(3000, 10_000));
const seed = Number(process.env.QTRACE_SEED ?? 3);
const batch = 5_000;

const compilers = [
  { tool: "gcc", name: "64-bit", dataModel: "LP64", options: ["-m64"] },
  { tool: "gcc32", name: "32-bit", dataModel: "ILP32", options: ["-m32"] },
] as const;

for (const { tool, name, dataModel, options } of compilers) {
  describeWith([tool], `gcc, ${name}`, (found: Readonly<Record<string, string>>) => {
    const gcc = found[tool]!;

    test(`agrees on ${pairs} random declarations`, { timeout: 60_000 + pairs * 5 }, () => {
      const next = randomDeclarations(seed);
      for (let done = 0; done < pairs; done += batch) {
        const declarations = Array.from({ length: Math.min(batch, pairs - done) }, next);
        const theirs = gccFindings(gcc, options, declarations);
        const wrong = declarations.flatMap((declaration, index) => {
          const ours = ourFindings(declaration, dataModel);
          return agree(declaration, ours, theirs[index]!)
            ? []
            : [{ declaration: written(declaration), ours, theirs: theirs[index] }];
        });
        expect(wrong.slice(0, 20)).toEqual([]);
      }
    });

    test("agrees on every conversion with every type of argument", () => {
      const declarations = everyPair();
      const theirs = gccFindings(gcc, options, declarations);
      const wrong = declarations.filter(
        (declaration, index) =>
          !agree(declaration, ourFindings(declaration, dataModel), theirs[index]!),
      );
      expect(wrong.map(written)).toEqual([]);
    });

    test("says something too of each format that has an unknown conversion", () => {
      const formats = ["%y", "%", "100%", "%5", "%-", "%l", "%hhy", "%.-5d", "%5%", "%*y", "%k %d"];
      const declarations = formats.map((format) => ({ types: ["int"], format: `"${format}"` }));
      const theirs = gccFindings(gcc, options, declarations);
      for (const [index, declaration] of declarations.entries()) {
        expect(theirs[index]!.all, declaration.format).not.toEqual([]);
        expect(model(declaration, dataModel).format!.parsed.problems).not.toEqual([]);
      }
    });
  });
}

/** Each length before each letter, and each macro, with one argument of each type. */
function everyPair(): RandomDeclaration[] {
  const types = [
    ..."int8_t uint8_t int16_t uint16_t int32_t uint32_t int64_t uint64_t".split(" "),
    ..."size_t ssize_t uintptr_t ptrdiff_t bool char short int long".split(" "),
    ..."long long|unsigned|unsigned long|unsigned long long".split("|"),
    ..."char *|const char *|void *|uint8_t *|int *|long *|const int *".split("|"),
  ];
  const lengths = ["", "hh", "h", "l", "ll", "j", "z", "t", "L"];
  const letters = [..."diouxXcspeEfFgGaAnm"];
  const macros = [..."diouxX"].flatMap((letter) =>
    ["8", "16", "32", "64", "PTR", "MAX"].map((length) => `"%" PRI${letter}${length}`),
  );
  const plain = lengths.flatMap((length) => letters.map((letter) => `"%${length}${letter}"`));
  return [...plain, ...macros].flatMap((format) =>
    types.map((type) => ({ types: [type], format })),
  );
}

function written({ types, format }: RandomDeclaration): string {
  return `e(${types.map((type, at) => `${type} a${at}`).join(", ") || "void"}) ${format}`;
}

function model(declaration: RandomDeclaration, dataModel: DataModel) {
  const parsed = parse(`${written(declaration)}\n`);
  expect(parsed.problems).toEqual([]);
  return buildModel(parsed, { group: "", dataModel })[0]!;
}

function ourFindings(declaration: RandomDeclaration, dataModel: DataModel): string[] {
  const event = model(declaration, dataModel);
  const types = event.arguments.map(({ type }) => type);
  expect(types.filter(({ kind }) => kind === "unknown")).toEqual([]);
  expect(event.format!.parsed.problems).toEqual([]);
  return checkFormat(types, event.format!.parsed, dataModel).map(describeFinding);
}

function describeFinding(finding: FormatFinding): string {
  switch (finding.kind) {
    case "wrong-type":
      return `wrong-type ${finding.argument}`;
    case "wrong-length":
      return `wrong-length ${finding.piece.specifier}`;
    case "repeated-flag":
      return `repeated-flag ${quoted(finding.flag)}`;
    case "useless-flag":
      return `useless-flag ${quoted(finding.flag)} ${finding.piece.specifier}`;
    case "ignored-flag":
      return `ignored-flag ${quoted(finding.flag)} ${quoted(finding.by)}`;
    default:
      return finding.kind;
  }
}

function quoted(flag: string): string {
  return flag.length === 1 ? `'${flag}'` : flag;
}

const small = /^(uint(8|16)_t|unsigned (char|short))$/;

function agree(
  { types }: RandomDeclaration,
  ours: readonly string[],
  { all, hushed }: GccFindings,
): boolean {
  const explained = hushed.every((finding) => {
    const argument = /^wrong-type (\d+)$/.exec(finding)?.[1];
    return argument !== undefined && small.test(types[Number(argument)]!);
  });
  return explained && [...ours].sort().join("\n") === [...all].sort().join("\n");
}
