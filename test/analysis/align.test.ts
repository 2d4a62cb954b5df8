import { describe, expect, test } from "vitest";
import { align as alignWithin } from "../../src/analysis/align.js";

const letters = (text: string) => [...text];

function align(left: readonly string[], right: readonly string[], fits = () => true) {
  return alignWithin(left, right, fits, { comparisons: 1_000_000 })!;
}

describe("align", () => {
  test("pairs equal sequences one to one", () => {
    expect(align(letters("abc"), letters("abc"))).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  test("a key missing on the right costs its own pair only", () => {
    expect(align(letters("abcd"), letters("abd"))).toEqual([
      [0, 0],
      [1, 1],
      [3, 2],
    ]);
  });

  test("a key missing on the left costs its own pair only", () => {
    expect(align(letters("abd"), letters("abcd"))).toEqual([
      [0, 0],
      [1, 1],
      [2, 3],
    ]);
  });

  test("of repeated keys one is left over, and what stands behind them still pairs", () => {
    const pairs = align(letters("ppppsp"), letters("pppsp"));
    expect(pairs.slice(-2)).toEqual([
      [4, 3],
      [5, 4],
    ]);
    expect(pairs).toHaveLength(5);
  });

  test("a key that stands in another place is not paired across what lies between", () => {
    expect(align(letters("xab"), letters("abx"))).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  test("nothing pairs with nothing", () => {
    expect(align(letters("abc"), [])).toEqual([]);
    expect(align(letters("abc"), letters("xyz"))).toEqual([]);
  });

  test("is a longest common subsequence, as dynamic programming finds it", () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    for (let run = 0; run < 300; run++) {
      const left = Array.from({ length: random(12) }, () => "abc"[random(3)]!);
      const right = Array.from({ length: random(12) }, () => "abc"[random(3)]!);
      const pairs = align(left, right);
      expect(pairs).toHaveLength(longest(left, right));
      for (const [index, [i, j]] of pairs.entries()) {
        expect(left[i]).toBe(right[j]);
        if (index > 0) expect(i > pairs[index - 1]![0] && j > pairs[index - 1]![1]).toBe(true);
      }
    }
  });

  test("items without a counterpart take comparisons in proportion to their number", () => {
    // Any PING fits the only event, or the last one does: both take Myers' algorithm without bounds
    // the square of the number of PINGs.
    for (const fits of [() => true, (index: number) => index === 199_999]) {
      let comparisons = 0;
      const counted = (index: number) => {
        comparisons += 1;
        return fits(index);
      };
      const pings = new Array<string>(200_000).fill("PING");
      const pairs = alignWithin(pings, ["PING"], counted, { comparisons: 1_000_000 });
      expect(pairs).toHaveLength(1);
      expect(fits(pairs![0]![0])).toBe(true);
      expect(comparisons).toBeLessThan(3 * 200_000);
    }
  });

  test("gives up at the end of the budget, which is shared", () => {
    let comparisons = 0;
    const never = () => {
      comparisons += 1;
      return false;
    };
    const keys = new Array<string>(20_000).fill("PING");
    const budget = { comparisons: 100_000 };
    expect(alignWithin(keys, keys, never, budget)).toBeUndefined();
    expect(comparisons).toBeLessThanOrEqual(100_001);
    expect(alignWithin(letters("ab"), letters("ba"), () => true, budget)).toBeUndefined();
  });
});

test("with thousands of differences, neither steps nor memory grow with their square", () => {
  const left = Array.from({ length: 50_000 }, (_, index) => (index === 40_000 ? "only" : "ping"));
  let steps = 0;
  const pairs = align([...left, "last"], ["ping", "only", "ping", "last"], () => {
    steps += 1;
    return true;
  });
  expect(steps).toBeLessThan(20 * left.length);
  expect(pairs.at(-1)).toEqual([50_000, 3]);
  for (const [index, [i, j]] of pairs.entries()) {
    expect([...left, "last"][i]).toBe(["ping", "only", "ping", "last"][j]);
    if (index > 0) expect(i > pairs[index - 1]![0] && j > pairs[index - 1]![1]).toBe(true);
  }
});

function longest(left: readonly string[], right: readonly string[]): number {
  const table = Array.from({ length: left.length + 1 }, () => new Array(right.length + 1).fill(0));
  for (let i = 1; i <= left.length; i++) {
    for (let j = 1; j <= right.length; j++) {
      table[i]![j] =
        left[i - 1] === right[j - 1]
          ? table[i - 1]![j - 1] + 1
          : Math.max(table[i - 1]![j], table[i]![j - 1]);
    }
  }
  return table[left.length]![right.length];
}
