import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { checkLimits } from "../../src/analysis/check-limits.js";
import { compareAccounts } from "../../src/analysis/compare-accounts.js";
import { eventTable, readItems, readLog } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

/** The microseconds in a log, added up by device. */
function printedIn(log: string, event: string): Map<string, bigint> {
  const times = new Map<string, bigint>();
  const line = new RegExp(`${event} .*idstr=(.*) instance_id=(\\d+) downtime=(\\d+)`, "g");
  for (const [, idstr, instance, microseconds] of readFileSync(log, "utf8").matchAll(line)) {
    const name = instance === "0" ? idstr! : `${idstr}#${instance}`;
    times.set(name, (times.get(name) ?? 0n) + BigInt(microseconds!) * 1000n);
  }
  return times;
}

describeWith(["shared"], "traces of vmstate_downtime_* only", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  const log = (side: string) => sharedPath("cases", "analysis", `downtime-events-only.${side}.log`);
  const source = readLog(log("source"), events);
  const destination = readLog(log("destination"), events);
  const account = analyze({ source, destination });

  test("give every device the times that QEMU printed", () => {
    const saves = printedIn(log("source"), "vmstate_downtime_save");
    const loads = printedIn(log("destination"), "vmstate_downtime_load");
    expect(saves.size).toBe(45);
    expect(loads.size).toBe(36);
    expect(new Set(account.devices.map(({ name }) => name))).toEqual(new Set(saves.keys()));
    for (const { name, save, load, bytes } of account.devices) {
      expect([name, save, load, bytes]).toEqual([
        name,
        saves.get(name),
        loads.get(name),
        undefined,
      ]);
    }
    expect(account.devices.find(({ name }) => name.endsWith("virtio-blk"))).toMatchObject({
      save: 424_000n,
      load: 1_392_000n,
      saveIsBound: false,
    });
  });

  test("are traces of a migration, whose items nothing identifies", () => {
    expect(account.problems).toEqual([]);
    expect(account.items).toEqual([]);
    expect(account.downtime.checkpoints).toHaveLength(9);
  });

  test("are enough for limits and to compare", () => {
    const blk = "0000:00:01.0/virtio-blk";
    expect(checkLimits(account, { devices: { ram: 0.3, [blk]: 1 } })).toMatchObject([
      { name: "save of ram", measured: 0.252, passed: true },
      { name: "load of ram", measured: 0.025, passed: true },
      { name: `save of ${blk}`, measured: 0.424, passed: true },
      { name: `load of ${blk}`, measured: 1.392, passed: false },
    ]);
    const { devices } = compareAccounts(analyze({ source }), account);
    expect(devices[0]).toMatchObject({ name: `load ${blk}`, before: undefined, after: 1_392_000n });
  });

  test("of a postcopy do not count what was loaded after the guest ran", () => {
    const side = (name: string) =>
      readLog(sharedPath("recordings", "q35-postcopy", `${name}.log`), events).filter((record) =>
        record.name.startsWith("vmstate_downtime_"),
      );
    const { devices } = analyze({ source: side("source"), destination: side("destination") });
    const ram = devices.find(({ name }) => name === "ram");
    expect(ram).toMatchObject({ save: 0n, load: 0n });
    expect(ram!.postcopy).toEqual({ bytes: undefined, save: undefined, load: undefined });
  });
});

describeWith(["shared"], "a trace without timestamps", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  const folder = sharedPath("recordings", "q35-precopy");
  const untimed = (side: string) => {
    const file = join(mkdtempSync(join(tmpdir(), "qtrace-")), `${side}.log`);
    writeFileSync(file, readFileSync(`${folder}/${side}.log`, "utf8").replace(/^\S+Z /gm, ""));
    return readLog(file, events);
  };

  test("has the microseconds that QEMU printed", async () => {
    const items = await readItems(`${folder}/channel0.bin`);
    const { devices } = analyze({
      items,
      source: untimed("source"),
      destination: untimed("destination"),
    });
    const saves = printedIn(`${folder}/source.log`, "vmstate_downtime_save");
    const loads = printedIn(`${folder}/destination.log`, "vmstate_downtime_load");
    expect(devices.length).toBeGreaterThan(20);
    for (const { name, save, load } of devices) {
      expect([name, save, load]).toEqual([name, saves.get(name), loads.get(name)]);
    }
  });
});

describeWith(["shared"], "devices of a postcopy", async () => {
  const folder = (name: string, version: string) => ({
    events: eventTable(sharedPath("corpus", version, "trace-events-all")),
    file: (file: string) => sharedPath(...name.split("/"), file),
  });
  for (const [name, version] of [
    ["recordings/q35-postcopy", "qemu-10.2.2"],
    ["recordings-11/postcopy", "qemu-11.1.3"],
  ] as const) {
    const { events, file } = folder(name, version);
    const account = analyze({
      items: await readItems(file("channel0.bin")),
      source: readLog(file("source.log"), events),
      destination: readLog(file("destination.log"), events),
    });

    test(`${name}: RAM that was sent after the guest ran does not count as downtime`, () => {
      const ram = account.devices.find((device) => device.name === "ram")!;
      expect(ram).toMatchObject({ save: 0n, load: 0n, bytes: 0 });
      expect(ram.postcopy!.bytes).toBe(account.postcopy!.bytes);
      const last = account.items.findLast(({ label }) => label === "ram END")!.source;
      const took = last.status === "paired" ? last.end - last.start : undefined;
      expect(ram.postcopy!.save).toBeGreaterThanOrEqual(took!);
      expect(checkLimits(account, { devices: { ram: 20 } }).every(({ passed }) => passed)).toBe(
        true,
      );
    });

    test(`${name}: a device in the package counts`, () => {
      const device = account.devices.find(({ name }) => name.endsWith("virtio-rng"))!;
      expect(device.save).toBeGreaterThan(0n);
      expect(device.postcopy).toBeUndefined();
    });
  }
});
