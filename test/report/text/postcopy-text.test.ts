import { expect, test } from "vitest";
import { postcopyText } from "../../../src/report/text/postcopy-text.js";
import { analysisOf, ms, postcopyOf, requestOf } from "../empty-analysis.js";

test("nothing is written of a migration without postcopy", () => {
  expect(postcopyText(analysisOf({}))).toBe("");
});

test("a postcopy without faults says so", () => {
  expect(postcopyText(analysisOf({ postcopy: postcopyOf({ sections: 2 }) })).split("\n")).toEqual([
    "Postcopy",
    "lasted        – to – ms",
    "main channel  2 sections, what they held is not told",
    "faults        none told",
    "",
  ]);
});

test("faults are counted by kind, and the five that took longest are listed", () => {
  const waited = (from: number, took: number, known = {}) =>
    requestOf({ faulted: ms(from), arrived: ms(from + took), offset: 4096, ...known });
  const requests = [
    waited(1, 0.015999),
    waited(2, 0.016, { sentBefore: true }),
    waited(3, 0.1),
    waited(4, 0.05),
    waited(5, 0.04, { kind: "joined" }),
    waited(6, 0.06, { kind: "present", sentBefore: true }),
    requestOf({ faulted: ms(7) }),
    requestOf({ arrived: ms(7) }),
  ];
  const postcopy = postcopyOf({
    ...{ start: ms(1), end: ms(9), pages: 4, zeroPages: 2, sections: 3, bytes: 2048 },
    ...{ blocked: ms(6), requests },
  });
  const bar = (length: number) => "█".repeat(length);
  expect(postcopyText(analysisOf({ postcopy, begin: ms(1) })).split("\n")).toEqual([
    "Postcopy",
    "lasted        0.000 to 8.000 ms",
    "main channel  4 pages and 2 zero pages in 3 sections, 2.00 KiB",
    "faults        8: 6 asked of the source, 1 of them on their way already, 1 there by then, 1 asked for by another thread before",
    "latency       median 40 µs, 95 % within 100 µs, longest 100 µs",
    "guest waited  6.000 ms, one thread at least",
    "",
    "     latency  faults",
    ` below 16 µs       1  ${bar(14)}`,
    ` below 32 µs       1  ${bar(14)}`,
    ` below 64 µs       3  ${bar(40)}`,
    `below 128 µs       1  ${bar(14)}`,
    "",
    "waited ms  from ms  page",
    "    0.100    2.000  pc.ram 0x1000",
    "    0.060    5.000  pc.ram 0x1000  on its way already",
    "    0.050    3.000  pc.ram 0x1000",
    "    0.040    4.000  pc.ram 0x1000",
    "    0.016    1.000  pc.ram 0x1000  on its way already",
    "",
  ]);
});

test("the stages of pages that were sent for their request have a line", () => {
  const request = requestOf({ faulted: 0n, received: ms(1), served: ms(3), arrived: ms(6) });
  const text = postcopyText(analysisOf({ postcopy: postcopyOf({ requests: [request] }) }));
  expect(text).toContain(
    "\n              of pages sent for their request, medians: 2.000 ms at the source, 4.000 ms on the way there and back; how that divides is unknown\n",
  );
  expect(text).toContain("\nfaults        1: 1 asked of the source\n");
});
