import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import type { DataModel } from "../../src/model/c-type.js";
import type { ArgumentModel, EventModel } from "../../src/model/event-model.js";
import type { PrintfValue } from "../../src/printf/piece.js";
import { pick, type Random } from "../support/random.js";

/** An event, and values for its arguments. */
export interface RandomCall {
  readonly event: EventModel;
  readonly format: string;
  readonly values: readonly PrintfValue[];
}

/** What stands before an integer conversion's letter, and the types that it prints. */
const integers: readonly (readonly [length: string, ...types: string[]])[] = [
  ["", "int", "unsigned int", "int32_t", "uint32_t", "short", "uint8_t", "int8_t", "bool", "char"],
  ["hh", "int", "uint8_t", "int8_t", "signed char", "uint32_t", "char"],
  ["h", "int", "uint16_t", "int16_t", "unsigned short", "uint32_t"],
  ["l", "long", "unsigned long"],
  ["ll", "long long", "unsigned long long"],
  ["z", "size_t", "ssize_t"],
  ["t", "ptrdiff_t"],
];

/** The PRI macros' widths, and the types that they print. */
const macros: readonly (readonly [width: string, ...types: string[]])[] = [
  ["8", "int8_t", "uint8_t", "int"],
  ["16", "int16_t", "uint16_t", "int"],
  ["32", "int32_t", "uint32_t"],
  ["64", "int64_t", "uint64_t"],
  ["PTR", "uintptr_t"],
];

const strings = [
  ...["", "a", "hello, world", " %d ", "x".repeat(300)],
  ...["é", "naïve", "€uro", "日本語", "😀", "a😀b", "\u{10ffff}\u{800}\u{7ff}\u{80}", "\x7f\t"],
];

const extremes = [
  ...[0n, 1n, -1n, 7n, 8n, 9n, 10n, 15n, 16n, 255n, 256n, 1000n, 0x7fn, 0x80n, 0x7fffn, 0x8000n],
  ...[0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 0x1_0000_0000n, 2n ** 53n, 2n ** 53n + 1n],
  ...[2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 53n) - 1n, -128n, -32768n, -(2n ** 31n)],
];

/** A call with a few conversions, their types as C wants them. */
export function randomCall(random: Random, dataModel: DataModel): RandomCall {
  const chance = (percent: number) => random(100) < percent;
  const types: string[] = [];
  const star = () => {
    types.push("int");
    return "*";
  };
  const layout = () => {
    const flags = chance(45)
      ? Array.from({ length: 1 + random(3) }, () => pick(random, [..."-+ #0'"]))
      : [];
    const width = chance(40) ? (chance(20) ? star() : 1 + random(24)) : "";
    const precision = chance(40) ? `.${chance(20) ? star() : pick(random, ["", random(24)])}` : "";
    return `%${flags.join("")}${width}${precision}`;
  };
  const conversion = (): string => {
    const before = layout();
    const kind = random(10);
    if (kind < 5) {
      const [length, ...fitting] = pick(random, integers);
      types.push(pick(random, fitting));
      return before + length + pick(random, [..."diouxX"]);
    }
    if (kind < 7) {
      const [width, ...fitting] = pick(random, macros);
      types.push(pick(random, fitting));
      return `${before}" PRI${pick(random, [..."diouxX"])}${width} "`;
    }
    if (kind === 7) types.push(pick(random, ["int", "char", "uint8_t"]));
    else types.push(kind === 8 ? "void *" : pick(random, ["char *", "const char *"]));
    return before + "cps"[kind - 7];
  };
  const text = () =>
    pick(random, [
      ...["|", "a=", " 0x", "%%", "\\t", "; ", "é"],
      ...["\\xc3\\xa9", "\\342\\202\\254"],
    ]);

  let format = text();
  for (let left = 1 + random(3); left > 0; left--) format += conversion() + text();
  const declared = types.map((type, index) => `${type} a${index}`).join(", ");
  const parsed = parse(`e(${declared}) "${format}"\n`);
  const [event] = buildModel(parsed, { group: "test", dataModel });
  if (!event || parsed.problems.length > 0) throw new Error(`bad test: ${format}`);
  return { event, format: `"${format}"`, values: randomValues(random, event) };
}

/** Values for an event's arguments. */
export function randomValues(random: Random, event: EventModel): PrintfValue[] {
  const stars = starsOf(event);
  return event.arguments.map((argument, index) =>
    stars.has(index) ? random(60) - 30 : randomValue(random, argument),
  );
}

/** The arguments that a `*` takes. */
function starsOf(event: EventModel): Set<number> {
  const stars = new Set<number>();
  for (const piece of event.format!.pieces) {
    if (typeof piece === "string") continue;
    for (const part of [piece.width, piece.precision])
      if (typeof part === "object") stars.add(part.argument);
  }
  return stars;
}

/** A value as the readers of traces give it, by the declared type. */
function randomValue(random: Random, { type }: ArgumentModel): PrintfValue {
  if (type.kind === "string") return random(12) === 0 ? null : pick(random, strings);
  if (type.kind === "bool") return random(2) === 1;
  const any =
    random(2) === 0
      ? pick(random, extremes)
      : ((BigInt(random(2 ** 31)) << 33n) ^ (BigInt(random(2 ** 31)) << 5n)) >> BigInt(random(64));
  if (type.kind !== "integer") return BigInt.asUintN(type.kind === "pointer" ? type.bits : 64, any);
  const value = type.signed ? BigInt.asIntN(type.bits, any) : BigInt.asUintN(type.bits, any);
  return type.bits === 64 ? value : Number(value);
}
