import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import type { StreamItem } from "../../src/migration/wire/stream-item.js";
import { type MadeRecord, recordMaker } from "../support/made-records.js";
import { ownEvents } from "../support/recordings.js";

const make = recordMaker(ownEvents);
const PART = 200_000;
const DEVICE = 100_000;

/** Memory in two sections, then two devices: how a snapshot is written. */
function snapshot(): StreamItem[] {
  let offset = 8;
  const section = (type: "section-part" | "section-full", sectionId: number, idstr: string) => {
    const size = type === "section-part" ? PART : DEVICE;
    offset += size;
    const data = { dataOffset: 0, dataSize: 0, end: "self", footer: true, depth: 0 } as const;
    return {
      ...{ type, sectionId, idstr, instanceId: 0, version: 1, size, offset: offset - size },
      ...data,
    };
  };
  return [
    ...[section("section-part", 1, "ram"), section("section-part", 1, "ram")],
    ...[section("section-full", 5, "timer"), section("section-full", 6, "cpu")],
  ];
}

/** A section at the source, and what it had counted by its begin. */
function saved(at: number, id: number, name: string, counted: number): MadeRecord[] {
  return [
    [at, "migration_transferred_bytes", counted, 0, 0],
    [at + 1, "savevm_section_start", name, id],
    [at + 2, "savevm_section_end", name, id, 0],
  ];
}

test("the devices of a background snapshot are saved before the memory that they are written behind", () => {
  const source = make(
    ...saved(10, 5, "timer", 8),
    ...saved(20, 6, "cpu", 8 + DEVICE),
    ...saved(30, 1, "ram", 8 + 2 * DEVICE),
    ...saved(40, 1, "ram", 8 + 2 * DEVICE + PART),
    [50, "migration_transferred_bytes", 8 + 2 * DEVICE + 2 * PART, 0, 0],
  );
  const account = analyze({ items: snapshot(), source });
  const starts = account.items.map(({ label, source }) => [
    label,
    source.status === "paired" ? Number(source.start) : source.status,
  ]);
  expect(starts).toEqual([
    ["ram PART", 31],
    ["ram PART", 41],
    ["timer FULL", 11],
    ["cpu FULL", 21],
  ]);
  expect(account.problems).toEqual([]);
});
