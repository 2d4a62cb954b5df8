import { expect, test } from "vitest";
import type { PageRequest } from "../../src/analysis/page-requests.js";
import { stageMedians } from "../../src/report/latency.js";

test("medians of a page's way are by nearest rank", () => {
  const request = (there: bigint): PageRequest =>
    ({ faulted: 0n, received: there, served: there + 5n, arrived: there + 5n + there }) as never;
  expect(stageMedians([request(20n), request(10n)])).toEqual({ there: 10, queue: 5, back: 10 });
  expect(stageMedians([])).toEqual({ there: undefined, queue: undefined, back: undefined });
});
