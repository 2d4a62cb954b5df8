/**
 * Whatever happens to the inputs of a real migration, the analysis states nothing that is not true.
 *
 * The truth is what the analysis says of all that was recorded, with the clocks known to be one: each
 * recording was made on one machine. CI tries every clock, trace without timestamps, other log and
 * appended log, and each missing event of one side; with QTRACE_NEVER_WRONG=all, the missing events
 * also at both sides at once and without the stream.
 */

import { describe, expect, test } from "vitest";
import { type Disturbance, DisturbedInputs } from "../support/disturbed-inputs.js";
import { type MigrationInputs, readMigration } from "../support/migration-inputs.js";
import { eventTable } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

const ALL = process.env.QTRACE_NEVER_WRONG === "all";
const TIMEOUT = 300_000;

/** By the QEMU that they were recorded with. */
const RECORDINGS = {
  "qemu-10.2.2": [
    "recordings/microvm-file",
    "recordings/q35-precopy",
    "recordings/q35-postcopy",
    "recordings/q35-multifd",
    "recordings/pc-mapped-ram",
    "recordings/pc-9.2-xbzrle",
  ],
  "qemu-10.0.2": ["recordings/virt-aarch64-file"],
  "qemu-11.1.3": [
    "recordings-11/precopy",
    "recordings-11/postcopy",
    "recordings-11/snapshot",
    "recordings-11/cpr",
    "recordings-11/failed",
    "recordings-11/tls",
    "recordings-11/mapped-shared",
  ],
} as const;

describeWith(["shared"], "the analysis states nothing that is not true", () => {
  describe.each(Object.entries(RECORDINGS))("of %s", async (version, names) => {
    const events = eventTable(sharedPath("corpus", version, "trace-events-all"));
    const all = new Map<string, MigrationInputs>();
    for (const name of names) {
      // TLS records are not a stream; that of the failed one is cut in its fifth item.
      const options = { stream: !name.endsWith("tls"), cut: name.endsWith("failed") };
      all.set(name, await readMigration(sharedPath(...name.split("/")), events, options));
    }

    describe.each(names)("%s", (name) => {
      const inputs = new DisturbedInputs(all.get(name)!);
      const others = new Map([...all].filter(([other]) => other !== name));

      test("with another clock at the destination", () => expectTrue(inputs.otherClock()), TIMEOUT);
      test("without timestamps", () => expectTrue(inputs.withoutTimestamps()), TIMEOUT);
      test("without events of one name", () => expectTrue(inputs.withoutEvent(ALL)), TIMEOUT);
      if (others.size === 0) return;
      test("with the log of another migration", () => expectTrue(inputs.otherLog(others)), TIMEOUT);
      test("with two migrations in a log", () => expectTrue(inputs.appendedLog(others)), TIMEOUT);
    });
  });
});

function expectTrue(disturbances: Iterable<Disturbance>): void {
  const all = [...disturbances];
  expect(all.length).toBeGreaterThan(0);
  expect(all.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
}
