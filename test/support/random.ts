import type { Random } from "../../src/migration/engine/seeded-random.js";

export { type Random, seededRandom } from "../../src/migration/engine/seeded-random.js";

/** One of the elements. */
export function pick<T>(random: Random, elements: readonly T[]): T {
  return elements[random(elements.length)]!;
}
