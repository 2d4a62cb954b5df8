/** Each finding as it is reported, and the item that just does not make it, on items alone. */

import { expect, test } from "vitest";
import { StreamChecker } from "../../../src/migration/wire/check-stream.js";
import type { StreamItem } from "../../../src/migration/wire/stream-item.js";

type Given = Record<string, unknown>;

const section = (type: string, more: Given = {}): Given => ({
  ...{ type: `section-${type}`, sectionId: 2, idstr: "ram", instanceId: 0, version: 4 },
  ...{ depth: 0, footer: true, end: "self", ...more },
});
const start = section("start");
const part = section("part");
const end = section("end");
const device = (idstr: string, more: Given = {}) =>
  section("full", { sectionId: 9, idstr, end: "footer", ...more });
const command = (name: string): Given => ({ type: "command", command: { name } });
const machine = (name: string): Given => ({ type: "configuration", machine: name });
const described = (...names: readonly string[]): Given => ({
  type: "vm-description",
  description: { devices: names.map((name) => ({ name, instanceId: 0 })) },
});
const eof: Given = { type: "eof" };
const switchover = command("SWITCHOVER_START");
const advise = command("POSTCOPY_ADVISE");
const listen = command("POSTCOPY_LISTEN");
const bitmap = command("RECV_BITMAP");

/** The findings as `offset code: message`, warnings with a `?`; items are at 10, 20, 30 … */
function findings(items: readonly Given[], failure?: { message: string; offset: number }) {
  const checker = new StreamChecker();
  items.forEach((item, index) => {
    checker.add({ ...item, offset: 10 * (index + 1) } as unknown as StreamItem);
  });
  return checker
    .finish(failure)
    .map(
      ({ offset, code, severity, message }) =>
        `${offset} ${code}${severity === "warning" ? "?" : ""}: ${message}`,
    );
}

test.each<readonly [what: string, items: readonly Given[], expected: readonly string[]]>([
  ["all in order", [machine("q-10.0"), start, part, switchover, end, device("a"), eof], []],
  ["no EOF", [start, end], ["0 no-end: the stream has no EOF"]],
  ["no EOF is needed in postcopy", [advise, listen, command("POSTCOPY_RUN")], []],
  [
    "no footers",
    [machine("q-10.0"), { ...start, footer: false }, { ...end, footer: false }, eof],
    ["20 no-footers: no footers, which machine types since 2.4 have"],
  ],
  ["no footers of a machine that is not named", [{ ...start, footer: false }, end, eof], []],
  [
    "footers that the first section had",
    [machine("q-10.0"), start, { ...end, footer: false }, eof],
    [],
  ],
  ["START twice", [start, start, end, eof], ["20 start-twice: ram begins a second time"]],
  [
    "START of another id",
    [start, { ...start, sectionId: 3, idstr: "b" }, end, { ...end, sectionId: 3 }, eof],
    [],
  ],
  ["PART after END", [start, end, part, eof], ["30 part-after-end: ram goes on behind its END"]],
  ["END after END", [start, end, end, eof], ["30 part-after-end: ram goes on behind its END"]],
  [
    "no END",
    [start, part, { ...start, sectionId: 3, idstr: "h", instanceId: 4 }, end, eof],
    ["50 never-ended: h[4] has no END"],
  ],
  ["no END in postcopy", [start, advise, listen, eof], []],
  [
    "a device before END",
    [start, part, device("a"), end, eof],
    ["30 device-before-end: a stands before the END of ram"],
  ],
  [
    "a device before PART that comes after one",
    [start, part, device("a", { instanceId: 2 }), part, end, eof],
    ["30 device-before-end: a[2] stands before the END of ram"],
  ],
  ["a device before any PART", [start, device("a"), part, end, eof], []],
  ["a device after END", [start, part, end, device("a"), eof], []],
  ["a device within a package", [start, part, device("a", { depth: 1 }), end, eof], []],
  ["a device after LISTEN", [start, part, advise, listen, device("a"), end, eof], []],
  ["devices after all of memory", [start, part, device("a"), eof], []],
  [
    "a device twice",
    [device("a"), device("a"), device("a", { instanceId: 1 }), device("b"), eof],
    ["20 device-twice: a has a second section"],
  ],
  [
    "PING without a return path",
    [command("PING"), command("OPEN_RETURN_PATH"), command("PING"), eof],
    ["10 no-return-path: PING without OPEN_RETURN_PATH before it"],
  ],
  [
    "postcopy out of order",
    [command("POSTCOPY_RAM_DISCARD"), listen, command("POSTCOPY_RUN"), advise, eof],
    [
      "10 command-order: POSTCOPY_RAM_DISCARD without POSTCOPY_ADVISE before it",
      "20 command-order: POSTCOPY_LISTEN without POSTCOPY_ADVISE before it",
    ],
  ],
  [
    "RUN without LISTEN",
    [advise, command("POSTCOPY_RUN"), eof],
    ["20 command-order: POSTCOPY_RUN without POSTCOPY_LISTEN before it"],
  ],
  [
    "commands twice",
    [advise, advise, listen, listen, switchover, switchover, eof],
    [
      "20 command-twice: POSTCOPY_ADVISE a second time",
      "40 command-twice: POSTCOPY_LISTEN a second time",
      "60 command-twice: SWITCHOVER_START a second time",
    ],
  ],
  [
    "OPEN_RETURN_PATH twice",
    [
      command("OPEN_RETURN_PATH"),
      command("OPEN_RETURN_PATH"),
      command("ENABLE_COLO"),
      command("ENABLE_COLO"),
      eof,
    ],
    ["20 return-path-twice?: OPEN_RETURN_PATH a second time"],
  ],
  [
    "POSTCOPY_RESUME",
    [command("POSTCOPY_RESUME"), bitmap, command("POSTCOPY_RESUME"), eof],
    [
      "10 resume-out-of-place?: POSTCOPY_RESUME where no paused postcopy is to continue",
      "30 resume-out-of-place?: POSTCOPY_RESUME where no paused postcopy is to continue",
    ],
  ],
  ["POSTCOPY_RESUME after RECV_BITMAP", [bitmap, command("POSTCOPY_RESUME"), eof], []],
  [
    "what is after SWITCHOVER_START",
    [switchover, start, part, end, command("OPEN_RETURN_PATH"), advise, bitmap, eof],
    [
      "20 behind-switchover-start: ram begins behind SWITCHOVER_START, which says that all is sent",
      "30 behind-switchover-start: ram goes on behind SWITCHOVER_START, which says that all is sent",
      "50 behind-switchover-start: OPEN_RETURN_PATH behind SWITCHOVER_START",
      "60 behind-switchover-start: POSTCOPY_ADVISE behind SWITCHOVER_START",
    ],
  ],
  [
    "PART after SWITCHOVER_START in postcopy",
    [advise, start, switchover, listen, part, end, eof],
    [],
  ],
  [
    "SWITCHOVER_START after END",
    [start, end, { ...start, sectionId: 3, idstr: "h" }, switchover, { ...end, sectionId: 3 }, eof],
    ["40 switchover-start-late: SWITCHOVER_START behind the END of ram, which belongs behind it"],
  ],
  [
    "SWITCHOVER_START of an old machine",
    [machine("q-9.2"), switchover, eof],
    [
      "20 switchover-start-unknown: q-9.2 sends no SWITCHOVER_START: QEMU before 10.0 does not know it",
    ],
  ],
  ["SWITCHOVER_START of a machine without a version", [machine("microvm"), switchover, eof], []],
  [
    "MULTIFD_FLUSH of an old machine",
    [machine("q-8.0"), { ...start, ram: { flush: 1 } }, { ...end, ram: { page: 1 } }, eof],
    ["20 flush-unknown: q-8.0 sends no MULTIFD_FLUSH: QEMU before 8.1 does not know it"],
  ],
  [
    "MULTIFD_FLUSH of a newer machine",
    [machine("q-8.1"), { ...start, ram: { flush: 1 } }, end, eof],
    [],
  ],
  [
    "compressed pages of a new machine",
    [machine("q-9.1"), { ...start, ram: { compressed: 1 } }, end, eof],
    ["20 compression-unknown: q-9.1 with compressed pages: QEMU since 9.1 does not know them"],
  ],
  [
    "compressed pages of an older machine",
    [machine("q-9.0"), { ...start, ram: { compressed: 1 } }, end, eof],
    [],
  ],
  [
    "compressed pages of no version",
    [machine("pc"), { ...start, ram: { compressed: 1 } }, end, eof],
    [],
  ],
  [
    "what is described and what is not",
    [device("a"), device("b", { end: "described" }), device("c"), eof, described("c", "d")],
    [
      "10 not-described: a is not in the VMDESCRIPTION",
      "50 no-section: d is described, but has no section",
    ],
  ],
])("%s", (_, items, expected) => {
  expect(findings(items)).toEqual(expected);
});

test("a failure takes the place of a missing end, and findings are in order", () => {
  const failure = { message: "cut short", offset: 15 };
  expect(findings([device("a"), device("a")], failure)).toEqual([
    "15 broken: cut short",
    "20 device-twice: a has a second section",
  ]);
});

test("beyond 1000 of a kind, how many more there are, where the last is", () => {
  const count = (more: number) => findings([...Array(1001 + more).fill(device("a")), eof]);
  expect(count(0)).toHaveLength(1000);
  expect(count(1)).toHaveLength(1001);
  expect(count(1).at(-1)).toBe("10020 device-twice: the last of 1 more of this kind");
  expect(count(500).slice(-2)).toEqual([
    "10010 device-twice: a has a second section",
    "15010 device-twice: the last of 500 more of this kind",
  ]);
});
