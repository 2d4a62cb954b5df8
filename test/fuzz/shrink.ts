import type { FuzzInput } from "./fuzz-reader.js";

/** So often a smaller input is tried. */
const TRIES = 400;

/** Removes ranges of an input, smaller and smaller ones, for as long as it still `fails`. */
export async function shrink(
  input: FuzzInput,
  fails: (smaller: FuzzInput) => Promise<boolean>,
): Promise<FuzzInput> {
  let small = input;
  let tries = TRIES;
  for (const name of Object.keys(input)) {
    for (let length = input[name]!.length >> 1; length >= 1; length >>= 1) {
      for (let at = 0; at < small[name]!.length && tries > 0; tries -= 1) {
        const bytes = small[name]!;
        const smaller = { ...small, [name]: without(bytes, at, length) };
        if (await fails(smaller)) small = smaller;
        else at += length;
      }
    }
  }
  return small;
}

function without(bytes: Uint8Array, at: number, length: number): Uint8Array {
  const rest = bytes.subarray(at + length);
  const kept = new Uint8Array(at + rest.length);
  kept.set(bytes.subarray(0, at));
  kept.set(rest, at);
  return kept;
}
