import { describe, expect, test } from "vitest";
import type { MigrationAccount } from "../../src/analysis/account.js";
import { analyze } from "../../src/analysis/analyze.js";
import { checkLimits } from "../../src/analysis/check-limits.js";
import { eventTable, readItems, readLog } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

/** From an item's event to the next of its events, at most: between two there is no work. */
const BETWEEN_EVENTS = 100_000n;

describeWith(["shared"], "with each one event name filtered out", () => {
  describe.each([
    ["recordings/q35-precopy", "qemu-10.2.2"],
    ["recordings-11/postcopy", "qemu-11.1.3"],
  ])("of %s", async (folder, version) => {
    const events = eventTable(sharedPath("corpus", version, "trace-events-all"));
    const file = (name: string) => sharedPath(...folder.split("/"), name);
    const source = readLog(file("source.log"), events);
    const destination = readLog(file("destination.log"), events);
    const items = await readItems(file("channel0.bin"));
    const without = (...names: readonly string[]) =>
      analyze({
        items,
        source: source.filter((record) => !names.includes(record.name)),
        destination: destination.filter((record) => !names.includes(record.name)),
      });
    const full = without();
    const names = /^(savevm|loadvm|qemu_loadvm|ram_load|vmstate)_|^migration_thread/;
    const traced = new Set([...source, ...destination].map(({ name }) => name));
    const tried = [...traced].filter((name) => names.test(name));

    test.each(tried)("%s: no time of a device differs without saying so", (name) => {
      expect(deviations(full, without(name))).toEqual([]);
    });

    test("a load of RAM without its end is bounded by the next item, and its limit by that", () => {
      const account = without("ram_load_complete", "vmstate_downtime_load");
      const end = account.items.findLast(({ label }) => label === "ram END")!.destination;
      expect(end).toMatchObject({ status: "paired", interval: "bound" });
      if (account.postcopy) return;
      const ram = account.devices.find((device) => device.name === "ram")!;
      // The log's ram_load_complete is 2.2 ms after the section's first event.
      expect(ram.loadIsBound).toBe(true);
      expect(ram.load).toBeGreaterThanOrEqual(2_200_000n);
      const [, load] = checkLimits(account, { devices: { ram: 1 } });
      expect(load).toMatchObject({
        measured: undefined,
        most: Number(ram.load) / 1e6,
        passed: false,
      });
    });
  });
});

/** Device times that claim to be exact and are not, or bounds below the truth. */
function deviations(full: MigrationAccount, account: MigrationAccount): string[] {
  return account.devices.flatMap((device) => {
    const truth = full.devices.find(({ name }) => name === device.name)!;
    return (["save", "load"] as const).flatMap((what) => {
      const [time, wanted] = [device[what], truth[what]];
      if (time === undefined || wanted === undefined) return [];
      const low = wanted - time > BETWEEN_EVENTS;
      const high = time - wanted > BETWEEN_EVENTS && !device[`${what}IsBound`];
      return low || high ? [`${what} of ${device.name}: ${time}, not ${wanted}`] : [];
    });
  });
}
