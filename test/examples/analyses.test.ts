/** The example analyses, on traces that our runtime writes, and on a log of a real QEMU. */

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { requestKinds } from "../../examples/analyses/9p-requests.js";
import { lockContention } from "../../examples/analyses/lock-contention.js";
import { EventTable } from "../../src/model/event-table.js";
import { SimpleSink } from "../../src/runtime/simple-sink.js";
import type { ArgumentValue } from "../../src/runtime/trace-event.js";
import { modelsOf, traceEventsOf } from "../runtime/trace-events-of.js";
import { testWith } from "../support/programs.js";
import { Qemu } from "../support/qemu.js";

const lockEvents = modelsOf(
  ["lock", "locked", "unlock"]
    .map(
      (what) => `qemu_mutex_${what}(void *mutex, const char *file, const int line) "%p (%s:%d)"\n`,
    )
    .join(""),
);
const requestEvents = modelsOf(`v9fs_rerror(uint16_t tag, uint8_t id, int err) "tag %d id %d err %d"
v9fs_open(uint16_t tag, uint8_t id, int32_t fid, int32_t mode) "tag %d id %d fid %d mode %d"
v9fs_open_return(uint16_t tag, uint8_t id, int iounit) "tag %u id %u iounit %d"
v9fs_clunk(uint16_t tag, uint8_t id, int32_t fid) "tag %d id %d fid %d"
`);

/** A simpletrace of events at microseconds. */
function written(
  models: typeof lockEvents,
  ...calls: readonly (readonly [microseconds: number, event: string, ...values: ArgumentValue[]])[]
): Uint8Array {
  let time = 0n;
  const chunks: Uint8Array[] = [];
  const sink = new SimpleSink({ write: (bytes) => void chunks.push(bytes), clock: () => time });
  const events = new Map(traceEventsOf(models).map((event) => [event.name, event]));
  for (const event of events.values()) sink.define(event);
  for (const [microseconds, name, ...values] of calls) {
    time = BigInt(microseconds) * 1000n;
    sink.write(events.get(name)!, values);
  }
  sink.flush();
  return Buffer.concat(chunks);
}

describe("lock contention", () => {
  test("tells who waited while another held the mutex", async () => {
    const at = (microseconds: number, what: string, mutex: bigint, line: number) =>
      [microseconds, `qemu_mutex_${what}`, mutex, "cpus.c", line] as const;
    const trace = written(
      lockEvents,
      at(100, "lock", 1n, 10),
      at(101, "locked", 1n, 10),
      at(110, "lock", 1n, 20),
      at(111, "lock", 2n, 10),
      at(113, "locked", 2n, 10),
      at(120, "unlock", 2n, 11),
      at(140, "unlock", 1n, 12),
      at(141, "locked", 1n, 20),
      at(150, "unlock", 1n, 21),
    );
    expect(await lockContention(trace, new EventTable(lockEvents))).toEqual([
      { place: "cpus.c:20", taken: 1, contended: 1, waited: 31, longestWait: 31, held: 9 },
      { place: "cpus.c:10", taken: 2, contended: 0, waited: 3, longestWait: 2, held: 46 },
    ]);
  });

  testWith(["qemu"], "reads what a real QEMU traces", async (tool) => {
    const log = join(mkdtempSync(join(tmpdir(), "qtrace-locks-")), "log");
    const qemu = await Qemu.start(tool.qemu, [
      ...["-machine", "none", "-trace", "qemu_mutex_*", "-msg", "timestamp=on", "-D", log],
    ]);
    await qemu.quit();
    const places = await lockContention(log, new EventTable(lockTextEvents()));
    expect(places.length).toBeGreaterThan(5);
    const taken = places.reduce((sum, place) => sum + place.taken, 0);
    expect(taken).toBe(readFileSync(log, "utf8").match(/:qemu_mutex_locked /g)!.length);
    expect(places.find(({ place }) => place.startsWith("util/"))?.waited).toBeGreaterThanOrEqual(0);
  });
});

/** With the texts that QEMU's log has them in. */
function lockTextEvents() {
  const args = "(void *mutex, const char *file, const int line)";
  return modelsOf(`qemu_mutex_lock${args} "waiting on mutex %p (%s:%d)"
qemu_mutex_locked${args} "taken mutex %p (%s:%d)"
qemu_mutex_unlock${args} "released mutex %p (%s:%d)"
`);
}

test("9p requests are paired with their answers by their tags", async () => {
  const trace = written(
    requestEvents,
    [10, "v9fs_open", 1, 12, 7, 0],
    [12, "v9fs_open", 2, 12, 8, 0],
    [15, "v9fs_open_return", 2, 12, 0],
    [30, "v9fs_open_return", 1, 12, 0],
    [40, "v9fs_open", 1, 12, 9, 0],
    [41, "v9fs_rerror", 1, 12, -2],
    [50, "v9fs_clunk", 3, 120, 7],
    [60, "v9fs_open_return", 9, 12, 0],
  );
  expect(await requestKinds(trace, new EventTable(requestEvents))).toEqual([
    { kind: "open", requests: 3, answered: 2, failed: 1, total: 24, longest: 20 },
    { kind: "clunk", requests: 1, answered: 0, failed: 0, total: 0, longest: 0 },
  ]);
});
