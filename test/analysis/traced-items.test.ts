import { describe, expect, test } from "vitest";
import type { MigrationAccount } from "../../src/analysis/account.js";
import { analyze } from "../../src/analysis/analyze.js";
import { textReport } from "../../src/report/text.js";
import { type MadeRecord, recordMaker } from "../support/made-records.js";
import { eventTable, fixture, ownEvents, readItems, readRecords } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

const labels = (account: MigrationAccount) => account.items.map(({ label }) => label);

describe("two traces without a stream", async () => {
  const source = readRecords(fixture("microvm-file", "source.simpletrace"), ownEvents);
  const destination = readRecords(fixture("microvm-file", "destination.simpletrace"), ownEvents);
  const whole = analyze({
    items: await readItems(fixture("microvm-file", "stream.bin")),
    source,
    destination,
  });
  const account = analyze({ source, destination });

  test("give the items that the stream would, but for VMDESCRIPTION, which nothing traces", () => {
    expect(labels(account)).toEqual(labels(whole).filter((label) => label !== "VMDESCRIPTION"));
  });

  test("give them the same times", () => {
    for (const [index, item] of account.items.entries()) {
      expect(item.destination).toEqual(whole.items[index]!.destination);
      expect(item.source).toEqual(whole.items[index]!.source);
    }
  });

  test("give the same downtime, spent on the same things", () => {
    expect(account.downtime).toEqual(whole.downtime);
  });

  test("tell no offset and no size", () => {
    const text = textReport(account);
    expect(account).toMatchObject({
      streamSize: undefined,
      switchoverStart: { offset: undefined },
    });
    expect(text).toContain("not given; 21 items by what the traces tell");
    expect(text).not.toContain("0x");
  });

  test("the source's trace alone gives what it sent, but for START and EOF, which it does not name", () => {
    const sent = labels(whole).filter((label) => !/START$|^EOF|^VMDESC/.test(label));
    const ours = labels(analyze({ source })).filter((label) => label !== "SWITCHOVER_START");
    expect(ours).toEqual(sent);
  });
});

describeWith(["shared"], "two traces without a stream, over TCP", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  test.each(["q35-precopy", "q35-postcopy", "q35-multifd", "pc-9.2-xbzrle"])(
    "%s: every item is paired on both sides",
    (name) => {
      const dir = (file: string) => sharedPath("recordings", name, file);
      const account = analyze({
        source: readRecords(dir("source.simpletrace"), events),
        destination: readRecords(dir("destination.simpletrace"), events),
      });
      for (const side of [account.source!, account.destination!]) {
        expect(side).toMatchObject({ paired: side.expected, strays: [] });
      }
    },
  );

  test("q35-postcopy: the package holds what the stream's does, whichever side tells it", async () => {
    const dir = (file: string) => sharedPath("recordings", "q35-postcopy", file);
    const source = readRecords(dir("source.simpletrace"), events);
    const destination = readRecords(dir("destination.simpletrace"), events);
    const packed = ({ items }: MigrationAccount) =>
      items.flatMap(({ item, label }) =>
        item.depth > 0 ? [label.replace(/^PING .*/, "PING")] : [],
      );
    const whole = packed(analyze({ items: await readItems(dir("channel0.bin")) }));
    expect(whole.length).toBeGreaterThan(30);
    expect(packed(analyze({ destination }))).toEqual(whole);
    expect(packed(analyze({ source }))).toEqual(whole);
  });
});

describeWith(["shared"], "the source's savevm_* events alone", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  const dir = (file: string) => sharedPath("recordings", "q35-precopy", file);
  const source = readRecords(dir("source.simpletrace"), events).filter(({ name }) =>
    name.startsWith("savevm_"),
  );

  test("do not show whether the last section of an id is an END or a FULL one", async () => {
    const account = analyze({ source });
    const sections = account.items.filter(({ item }) => item.type.startsWith("section-"));
    const sent = (await readItems(dir("channel0.bin"))).filter(
      (item) => item.type.startsWith("section-") && item.type !== "section-start",
    );
    const kinds = sent.map((item) => (item.type === "section-part" ? "PART" : "section"));
    expect(sections.map(({ label }) => label.split(" ").at(-1))).toEqual(kinds);
    expect(textReport(account)).not.toMatch(/FULL|END|no such item in the stream/);
  });

  test("are events of a migration, and no question whether they were enabled", () => {
    expect(analyze({ source }).problems).toEqual([]);
  });
});

describe("a trace without events of the items", () => {
  const make = recordMaker(ownEvents);
  const state = (at: number, name: string): MadeRecord => [at, "migrate_set_state", name];
  const problems = (...records: MadeRecord[]) => analyze({ source: make(...records) }).problems;

  test("shows a migration all the same, if it has states of one", () => {
    expect(problems(state(1, "setup"), state(2, "active"), state(3, "completed"))).toEqual([
      expect.stringMatching(/shows a migration but none of its sections.*events enabled\?$/),
    ]);
  });

  test("is not asked for them where no migration began", () => {
    expect(problems(state(1, "setup"), state(2, "failed"))).toEqual([]);
    expect(problems([1, "vm_state_notify", 1, 9, "running"])).toEqual([
      expect.stringMatching(/has no event of a migration, such as [a-z_, ]+$/),
    ]);
  });
});
