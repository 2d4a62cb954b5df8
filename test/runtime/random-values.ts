import type { ArgumentModel, EventModel } from "../../src/model/event-model.js";
import type { ArgumentValue } from "../../src/runtime/trace-event.js";
import { pick, type Random } from "../support/random.js";

const edges = [
  ...[0n, 1n, -1n, 0x7fn, 0x80n, 0xffn, 0x100n, 0x7fffn, 0x8000n, 0xffffn, 0x7fff_ffffn],
  ...[0x8000_0000n, 0xffff_ffffn, 0x1_0000_0000n, -0x80n, -0x81n, -0x8000n, -0x8000_0001n],
  ...[2n ** 53n - 1n, 1n - 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n],
];

/** Lengths about the 512 bytes that QEMU keeps, and characters that the cut goes through. */
const strings = [
  ...["", "x", "pc.ram", "é", "日本語", "😀", "it's", 'say "no"', "back\\slash", "tab\tend\x7f"],
  ...[31, 32, 33, 511, 512, 513, 600].map((length) => "abcdefgh".repeat(75).slice(0, length)),
  ...[1, 2, 3].flatMap((cut) => [`${"x".repeat(512 - cut)}😀`, `${"x".repeat(513 - cut)}é€`]),
  "é".repeat(400),
];

/** Anything that a tracer's parameter takes, out of the declared type's range too. */
export function randomValue(random: Random, { type }: ArgumentModel): ArgumentValue {
  if (type.kind === "string") return random(10) === 0 ? null : pick(random, strings);
  if (type.kind === "bool") return random(2) === 1;
  const any =
    random(2) === 0
      ? pick(random, edges)
      : BigInt.asIntN(64, (BigInt(random(2 ** 31)) << 33n) ^ BigInt(random(2 ** 31))) >>
        BigInt(random(64));
  const wide = type.kind === "pointer" || (type.kind === "integer" && type.bits === 64);
  if (!wide) return Number(BigInt.asIntN(53, any));
  return random(2) === 0 && Number.isSafeInteger(Number(any)) ? Number(any) : any;
}

/** Values for all arguments; a `*` in the format gets a small number, or lines would be endless. */
export function randomValues(random: Random, event: EventModel): ArgumentValue[] {
  const pieces = event.format?.pieces ?? [];
  const stars = new Set(
    pieces.flatMap((piece) =>
      typeof piece === "string"
        ? []
        : [piece.width, piece.precision].map((part) =>
            typeof part === "object" ? part.argument : undefined,
          ),
    ),
  );
  return event.arguments.map((argument, index) =>
    stars.has(index) ? random(40) - 20 : randomValue(random, argument),
  );
}
