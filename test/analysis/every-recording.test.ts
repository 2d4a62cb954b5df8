import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ItemAccount, MigrationAccount } from "../../src/analysis/account.js";
import { analyze } from "../../src/analysis/analyze.js";
import { isSection } from "../../src/migration/wire/stream-item.js";
import type { EventRecord } from "../../src/traces/record.js";
import { RECORDINGS } from "../support/recording-names.js";
import { eventTable, readItems, readLog, readRecords } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

type Side = "source" | "destination";

/** Names, ids and times against what others say: QEMU's own figures, an independent walk, a tap. */
describeWith(["shared"], "the account of every recording", () => {
  const newer = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  const older = eventTable(sharedPath("corpus", "qemu-10.0.2", "trace-events-all"));

  describe.each(RECORDINGS)("%s", async (name) => {
    const file = (part: string) => sharedPath("recordings", name, part);
    const trace = (side: Side): EventRecord[] =>
      existsSync(file(`${side}.simpletrace`))
        ? readRecords(file(`${side}.simpletrace`), newer)
        : readLog(file(`${side}.log`), older);
    const traces = { source: trace("source"), destination: trace("destination") };
    const stream = ["stream.bin", "channel0.bin"].map(file).find(existsSync)!;
    const account = analyze({ items: await readItems(stream), ...traces });
    const query = JSON.parse(readFileSync(file("query-migrate.json"), "utf8"));

    test("items are those of the independent walk: offsets, sizes, ids and names", () => {
      const walk = readFileSync(file("items.jsonl"), "utf8").trim().split("\n");
      // The last line tells where the walk ended.
      const wanted = walk.slice(0, -1).map((line) => JSON.parse(line));
      expect(account.items).toHaveLength(wanted.length);
      for (const [index, { item }] of account.items.entries()) {
        expect(item.offset).toBe(wanted[index].offset);
        if (isSection(item)) {
          expect([item.sectionId, item.idstr]).toEqual([
            wanted[index].section,
            wanted[index].idstr,
          ]);
        }
      }
    });

    test("all that QEMU traces is paired", () => {
      for (const side of ["source", "destination"] as const) {
        expect(account[side]).toMatchObject({ paired: account[side]!.expected, strays: [] });
      }
      expect(account.problems).toEqual([]);
    });

    test("sections are saved by name and id in the order in which the source's events tell them", () => {
      const told = traces.source
        .filter((record) => record.name === "savevm_section_start")
        .map((record) => `${record.values[0]} ${record.values[1]}`);
      const ours = inOrder(account, "source").flatMap(({ item }) =>
        isSection(item) && item.type !== "section-start" ? [`${item.idstr} ${item.sectionId}`] : [],
      );
      expect(ours).toEqual(told);
    });

    test("sections are loaded by name, id and instance in the order of the destination's events", () => {
      const told = traces.destination
        .filter((record) => record.name === "qemu_loadvm_state_section_startfull")
        .map(({ values }) => values.slice(0, 3).join(" "));
      const ours = inOrder(account, "destination").flatMap(({ item }) =>
        item.type === "section-start" || item.type === "section-full"
          ? [`${item.sectionId} ${item.idstr} ${item.instanceId}`]
          : [],
      );
      expect(ours).toEqual(told);
    });

    test("downtime and total time are query-migrate's within a millisecond", () => {
      expect(Math.abs(Number(account.downtime.reported) / 1e6 - query.downtime)).toBeLessThan(1);
      const total = Number(account.end! - account.begin!) / 1e6;
      expect(Math.abs(total - query["total-time"])).toBeLessThan(1);
    });

    test.each([
      ["source", "vmstate_downtime_save"],
      ["destination", "vmstate_downtime_load"],
    ] as const)("at the %s each device took as long as %s says, within 50 µs", (side, event) => {
      const told = traces[side].filter(({ name: of, values }) => of === event && isDevice(values));
      expect(told.length).toBeGreaterThan(10);
      for (const { values } of told) {
        const pairing = deviceOf(account, values)?.[side];
        // Of a device that sends nothing the source tells a time, too.
        if (pairing?.status !== "paired") continue;
        const ours = Number(pairing.end - pairing.start) / 1e3;
        expect([values[1], Math.abs(ours - Number(values[3])) < 50]).toEqual([values[1], true]);
      }
    });

    const times = file("channel0.times");
    if (!existsSync(times)) return;
    test("every item's first byte passed the tap in between", () => {
      const chunks = readFileSync(times, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(" ").map(BigInt) as [bigint, bigint]);
      for (const { item, source, destination } of account.items) {
        if (source.status !== "paired" || destination.status !== "paired") continue;
        const [, passed] = chunks.findLast(([offset]) => Number(offset) <= item.offset)!;
        // What a package holds is saved before, and read behind it: its bytes pass with the command.
        const within = source.start <= passed && passed <= destination.end;
        expect([item.offset, within]).toEqual([item.offset, true]);
      }
    });
  });
});

function inOrder({ items }: MigrationAccount, side: Side): ItemAccount[] {
  const start = ({ [side]: pairing }: ItemAccount) =>
    pairing.status === "paired" ? pairing.start : 0n;
  return items
    .filter(({ [side]: pairing }) => pairing.status === "paired")
    .sort((a, b) => Number(start(a) - start(b)));
}

type Values = EventRecord["values"];

function isDevice(values: Values): boolean {
  return values[0] === "non-iterable" && values[1] !== "ram" && values[1] !== "dirty-bitmap";
}

function deviceOf({ items }: MigrationAccount, values: Values): ItemAccount | undefined {
  return items.find(
    ({ item }) =>
      item.type === "section-full" &&
      item.idstr === values[1] &&
      item.instanceId === Number(values[2]),
  );
}
