/** The first inputs of every reader; `npm run fuzz` tries more of them. */

import { describe, expect, test } from "vitest";
import { shortOrLong } from "../support/long-form.js";
import { fuzz } from "./fuzz.js";
import { readers } from "./readers.js";

const RUNS = shortOrLong(200, 2000);

describe.each(readers)("$name", (reader) => {
  test(`takes ${RUNS} damaged inputs: documented errors only, and bounded CPU and memory`, async () => {
    const result = await fuzz(reader, { seed: 1, from: 0, to: RUNS });
    expect(result.failures).toEqual([]);
    expect(result.accepted).toBeGreaterThan(0);
    expect(result.rejected).toBeGreaterThan(0);
    expect(result.runs).toBe(RUNS);
  }, 300_000);
});
