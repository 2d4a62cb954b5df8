/** What the quick printer prints as simpletrace.py does: times since the record before, at their edges. */

import { expect, test } from "vitest";
import { decodeUtf8 } from "../../src/bytes/utf8.js";
import { EventTable } from "../../src/model/event-table.js";
import { openTrace } from "../../src/traces/open-trace.js";
import { SimpletracePrinter } from "../../src/traces/simpletrace-printer.js";
import { modelsOf } from "../runtime/trace-events-of.js";
import { TraceMaker } from "./make-trace.js";

const events = new EventTable(modelsOf('e(int a, const char *s) "%d %s"\n'));
const DROPPED = 0xffff_ffff_ffff_fffen;
const start = 2n ** 40n;
/** So many nanoseconds no longer fit 32 bits of microseconds. */
const LONG = 2n ** 32n * 1000n;

async function print(maker: TraceMaker, skip = 0): Promise<string[]> {
  const printer = new SimpletracePrinter();
  let seen = 0;
  await openTrace(maker.take(), events).each((cursor) => {
    if (seen++ < skip) printer.pass(cursor);
    else printer.print(cursor);
  });
  expect(printer.length > 0).toBe(seen > skip);
  return decodeUtf8(printer.take()).trimEnd().split("\n");
}

const trace = (order: "little" | "big", ...times: readonly bigint[]) => {
  const maker = new TraceMaker(order).header().mapping(1, "e");
  for (const time of times) maker.record(1, time, 7, -1, "x");
  return maker;
};
const line = (time: string) => `e ${time} pid=7 a=0xffffffffffffffff s=b'x'`;

test.each(["little", "big"] as const)("%s-endian times", async (order) => {
  const deltas: readonly (readonly [bigint, string])[] = [
    [0n, "0.000"],
    [1n, "0.001"],
    [999n, "0.999"],
    [1000n, "1.000"],
    [-1n, "-0.001"],
    [-1001n, "-1.001"],
    [2n ** 32n + 5n, "4294967.301"],
    [LONG - 1n, "4294967295.999"],
    [LONG, "4294967296.000"],
    [LONG + 1n, "4294967296.001"],
    [1n - LONG, "-4294967295.999"],
    [-LONG, "-4294967296.000"],
  ];
  const times = [2n ** 62n];
  for (const [delta] of deltas) times.push(times.at(-1)! + delta);
  expect(await print(trace(order, ...times))).toEqual(
    ["0.000", ...deltas.map(([, text]) => text)].map(line),
  );
});

test("the record before is the last that was printed or passed over, dropped events too", async () => {
  const maker = trace("little", start).record(DROPPED, start + 5000n, 8, 3);
  maker.record(9, start + 6000n, 7, 1);
  maker.record(1, start + 7000n, 7, 1, "'");
  expect(await print(maker)).toEqual([
    line("0.000"),
    "Dropped_Event 5.000 pid=8 num_events_dropped=0x3",
    `e 2.000 pid=7 a=0x1 s=b"'"`,
  ]);
  const again = trace("little", start, start + 1000n, start + 3000n);
  expect(await print(again, 2)).toEqual([line("2.000")]);
});

test("a log is printed as well", async () => {
  const lines = ["7@1.000000:e -1 x\n", "qemu: error\n", "7@1.000002:e -1 x\n"];
  const printer = new SimpletracePrinter();
  await openTrace(Buffer.from(lines.join("")), events).each((cursor) => printer.print(cursor));
  expect(decodeUtf8(printer.take())).toBe(
    `${["0.000", "2.000"].map((time) => `${line(time)}\n`).join("")}`,
  );
});
