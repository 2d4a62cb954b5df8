import { describe, expect, test } from "vitest";
import type { DeviceTimes, MigrationAccount, Round } from "../../../src/analysis/account.js";
import { attemptsTable } from "../../../src/report/text/attempts-table.js";
import { devicesTable } from "../../../src/report/text/devices-table.js";
import { checkpointTable, pathTable } from "../../../src/report/text/downtime-tables.js";
import { itemsTable } from "../../../src/report/text/items-table.js";
import { roundsTable } from "../../../src/report/text/rounds-table.js";
import { unpaired } from "../../../src/report/text/unpaired.js";
import { wrap } from "../../../src/report/text/wrap.js";
import {
  analysisOf,
  checkpointOf,
  clocksOf,
  deviceOf,
  itemOf,
  ms,
  roundOf,
  segmentOf,
  spanOf,
} from "../empty-analysis.js";

type Section = (analysis: MigrationAccount, width: number) => string;
type Known = Parameters<typeof analysisOf>[0];
/** The lines of a section, in 100 columns. */
const linesOf = (section: Section, known: Known, width = 100) =>
  section(analysisOf(known), width).split("\n");
const side = { expected: 1, paired: 1, strays: [] };
const array = <T>(length: number, of: (index: number) => T) =>
  Array.from({ length }, (_, index) => of(index));

test.each<[string, Section]>([
  ["attempts", attemptsTable],
  ["devices", devicesTable],
  ["path", pathTable],
  ["checkpoints", checkpointTable],
  ["items", itemsTable],
  ["rounds", roundsTable],
  ["unmatched", unpaired],
])("nothing is written of no %s", (_name, section) => {
  expect(section(analysisOf({}), 100)).toBe("");
});

test("attempts count from the first one that has a time; the one that is analysed has a mark", () => {
  const attempt = (
    number: number,
    start?: number,
    end?: number,
    state?: string,
    bytes?: number,
  ) => ({
    ...{ number, state, bytes },
    start: start === undefined ? undefined : ms(start),
    end: end === undefined ? undefined : ms(end),
  });
  const attempts = [
    attempt(1),
    attempt(2, 5, 8, "failed", 0),
    attempt(3, 105, undefined, "completed", 2048),
  ];
  expect(linesOf(attemptsTable, { attempts, attempt: { number: 3, of: 3 } })).toEqual([
    "Attempts",
    "   attempt  start ms      took  outcome        sent",
    "         1         –         –  unknown           –",
    "         2     0.000  3.000 ms  failed          0 B",
    ">        3   100.000         –  completed  2.00 KiB",
    "",
  ]);
});

describe("devices", () => {
  const devices = [
    deviceOf("untimed", { bytes: 3 }),
    deviceOf("vga", { save: ms(1), load: ms(2), loadIsBound: true, bytes: 70 }),
    deviceOf("nic", { save: ms(3), saveIsBound: true }),
  ];

  test("are the slowest first; those without a time have no row", () => {
    expect(linesOf(devicesTable, { devices })).toEqual([
      "Devices, the slowest first",
      "save ms  load ms  device",
      "≤ 3.000        –  nic",
      "  1.000  ≤ 2.000  vga",
      "",
    ]);
    expect(linesOf(devicesTable, { devices, streamSize: 0 }).slice(1, 4)).toEqual([
      "save ms  load ms  bytes  device",
      "≤ 3.000        –      –  nic",
      "  1.000  ≤ 2.000     70  vga",
    ]);
  });

  test("that were sent in postcopy have separate columns", () => {
    const postcopy = { bytes: 1, save: ms(9), load: undefined };
    expect(linesOf(devicesTable, { devices: [...devices, deviceOf("ram", { postcopy })] })).toEqual(
      [
        "Devices, the slowest first",
        "save ms  load ms  save in postcopy ms  load in postcopy ms  device",
        "≤ 3.000        –                                            nic",
        "  1.000  ≤ 2.000                                            vga",
        "      –        –                9.000                    –  ram",
        "",
      ],
    );
    // Spare columns go where there is no room.
    const narrow = linesOf(devicesTable, { devices: [deviceOf("ram", { postcopy })] }, 30);
    expect(narrow[1]).toBe("save ms  load ms  device");
  });

  test.each([
    [10, undefined],
    [11, "1 other took at most 0.001 ms"],
    [12, "2 others took at most 0.002 ms"],
  ])("of %d next to a table of items ten are listed", (count, others) => {
    const many = array(
      count,
      (index): DeviceTimes => deviceOf(`dev${index}`, { load: BigInt(1000 * (index + 1)) }),
    );
    const lines = linesOf(devicesTable, { devices: many, items: [itemOf("EOF", 0)] });
    expect(lines.slice(2, 12).map((line) => line.split("  ").at(-1))).toEqual(
      array(10, (index) => `dev${count - 1 - index}`),
    );
    expect(lines.slice(12)).toEqual(others === undefined ? [""] : [others, ""]);
    // Without items, all of them.
    expect(linesOf(devicesTable, { devices: many })).toHaveLength(count + 3);
  });

  test("of postcopy are listed in any case", () => {
    const postcopy = { bytes: 1, save: ms(9), load: undefined };
    const many = array(11, (index) => deviceOf(`dev${index}`, { load: ms(index + 1) }));
    const devices = [...many, deviceOf("ram", { save: 0n, postcopy })];
    const lines = linesOf(devicesTable, { devices, items: [itemOf("EOF", 0)] });
    expect(lines.at(-3)).toMatch(/ram$/);
    expect(lines.at(-2)).toBe("1 other took at most 1.000 ms");
  });
});

describe("the path of the downtime", () => {
  const BAR = "█";
  const pathOf = (guest: number, path: readonly ReturnType<typeof segmentOf>[]) => ({
    downtime: { guest: ms(guest), guestBounds: { lower: ms(guest), upper: ms(guest) }, path },
  });

  test("has rows from 1 % on, and the others in one", () => {
    const path = [
      segmentOf("source", "stop", "the guest", [0, 0.9]),
      segmentOf("source", "save", "vga FULL", [0.9, 1.8]),
      segmentOf("wire", "wait", "vga to nic", [1.8, 2.8]),
      segmentOf("destination", "load", "nic FULL", [2.8, 100]),
    ];
    const gap = " ".repeat(23);
    expect(linesOf(pathTable, pathOf(100, path))).toEqual([
      "What the downtime was spent on, in order",
      `    ms  share${gap}side         at`,
      ` 1.000    1 %${gap}wire         wait vga to nic`,
      `97.200   97 %  ${BAR.repeat(19)}  destination  load nic FULL`,
      ` 1.800    2 %${gap}             2 shorter ones`,
      "",
    ]);
  });

  test.each([
    [0, 100, "100 %"],
    [0.04, 99.96, "99 %"],
    [0.6, 99.4, "99 %"],
  ])("%d ms of 100 aside, the rest of %d ms is %s", (first, _rest, share) => {
    const path = [
      ...(first > 0 ? [segmentOf("source", "stop", "x", [0, first])] : []),
      segmentOf("source", "save", "y", [first, 100]),
    ];
    const lines = linesOf(pathTable, pathOf(100, path));
    expect(lines[2]!.trim().split(/ {2,}/)[1]).toBe(share);
    if (first > 0) expect(lines[3]).toMatch(/ a shorter one$/);
  });

  test("a row that crosses the sides has its bounds, however short", () => {
    const path = [
      segmentOf("source", "save", "a", [0, 99.5]),
      segmentOf("wire", "wait", "b", [99.5, 100], [0.25, 0.75]),
    ];
    const lines = linesOf(pathTable, pathOf(100, path));
    expect(lines[3]!.trim().split(/ {2,}/)).toEqual([
      "~0.500",
      "~1 %",
      "wire",
      "wait b (250 to 750 µs)",
    ]);
  });

  test("there are no shares where the downtime is not known to a tenth", () => {
    const path = [segmentOf("source", "save", "a", [0, 100])];
    const lower = ms(80);
    const downtime = { guest: ms(100), guestBounds: { lower, upper: ms(91) }, path };
    expect(linesOf(pathTable, { downtime })[1]).toBe("     ms  side    at");
  });

  test.each([
    [19, "save vga"],
    [20, "save 0000:00:02.0/vga"],
  ])("bus addresses are left out where %d columns are left", (room, text) => {
    // `save 0000:00:02.0/vga` has 21 letters.
    const path = [segmentOf("source", "save", "0000:00:02.0/vga", [0, 100])];
    expect(
      linesOf(pathTable, pathOf(100, path), 38 + room + 1)[2]!
        .trim()
        .split(/ {2,}/)
        .at(-1),
    ).toBe(text);
  });
});

describe("checkpoints", () => {
  const checkpoints = [
    checkpointOf("source", "a", 10),
    checkpointOf("source", "b", 12),
    checkpointOf("destination", "c", 15),
  ];
  const known = { begin: ms(4), source: side, destination: side, downtime: { checkpoints } };

  test("are apart from each other where clocks are exact", () => {
    expect(linesOf(checkpointTable, { ...known, clocks: clocksOf({}) })).toEqual([
      "Downtime, checkpoint by checkpoint",
      " at ms    +ms  checkpoint",
      " 6.000         a",
      " 8.000  2.000  b",
      "11.000  3.000  c",
      "",
    ]);
  });

  test.each([
    ["lower", { lower: 1n, upper: 2n }],
    ["no", { lower: undefined, upper: undefined }],
  ])("are not across the sides with %s bounds", (_name, bounds) => {
    const lines = linesOf(checkpointTable, { ...known, clocks: clocksOf(bounds) });
    expect(lines.slice(3)).toEqual([" 8.000  2.000  b", "11.000         c", ""]);
  });

  test("of clocks that cannot be compared have a mark", () => {
    expect(linesOf(checkpointTable, known).slice(4)).toEqual([
      "0.000*         c",
      "* by the destination's own clock, since its first item",
      "",
    ]);
  });
});

describe("items", () => {
  const failure = {
    ...{ side: "destination" as const, errors: [], item: 1, device: undefined },
    ...{ instance: undefined, hint: undefined },
  };
  const items = [
    itemOf("ram START", 29, {
      source: spanOf(10, 12),
      destination: spanOf(11, 13, "bound"),
      depth: 1,
    }),
    itemOf("EOF", 255, { source: spanOf(12, 13, "open"), destination: { status: "missing" } }),
    itemOf("PING", 300, {
      source: { status: "untraced", why: "" },
      destination: { status: "untimed", how: "" },
    }),
  ];
  const known = { items, begin: ms(10), source: side, destination: side, streamSize: 400 };

  test("have places, times of both sides, and a mark where it failed", () => {
    const outcome = { state: "failed", error: undefined, failure };
    expect(linesOf(itemsTable, { ...known, outcome, clocks: clocksOf({}) })).toEqual([
      "Items",
      "offset  bytes  item         source ms  took ms  destination ms  took ms",
      "  0x1d     16    ram START      0.000    2.000           1.000  ≤ 2.000",
      "  0xff     16  EOF              2.000        ?               ?           failed here",
      " 0x12c     16  PING                 ·                        –",
      "",
    ]);
  });

  test.each([
    [89, "offset  bytes  item         sent ms  took ms  read ms*  took ms"],
    [90, "offset  bytes  item         source ms  took ms  destination ms*  took ms"],
  ])("in %d columns have titles that fit", (width, titles) => {
    const lines = linesOf(itemsTable, known, width);
    expect(lines[1]).toBe(titles);
    expect(lines.at(-2)).toBe("* by the destination's own clock, since its first item");
  });

  test("without a stream have no places, and no columns of a side without a trace", () => {
    expect(linesOf(itemsTable, { items, destination: side, begin: ms(11) }).slice(0, 3)).toEqual([
      "Items",
      "item         destination ms  took ms",
      "  ram START           0.000  ≤ 2.000",
    ]);
  });
});

describe("rounds", () => {
  test("say what is known of each", () => {
    const rounds = [
      roundOf(1, {
        start: ms(5),
        end: ms(6.5),
        syncs: 2,
        bytes: 1024,
        transferred: 2048,
        rate: 3072,
      }),
      roundOf(2, { pending: 0, pages: 4, zeroPages: 0, sections: 7, converging: true }),
      roundOf(3, { converging: false, complete: true }),
      roundOf(4, { converging: true, complete: false, start: ms(9) }),
    ];
    expect(linesOf(roundsTable, { rounds, begin: ms(5) }, 110)).toEqual([
      "Rounds",
      "round  syncs  start ms     ms  dirty at start      sent  per second  pages  zero  sections  converges",
      "    1      2     0.000  1.500             all  2.00 KiB    3.00 KiB      –     –         0  –",
      "    2      1         –      –             0 B         –           –      4     0         7  yes",
      "    3      1         –      –               –         –           –      –     –         0  no",
      "    4      1     4.000      –               –         –           –      –     –         0  not complete",
      "",
    ]);
  });

  /** The cells of the rows in so many columns. */
  const rows = (rounds: readonly Round[]) =>
    roundsTable(analysisOf({ rounds }), 1000)
      .trimEnd()
      .split("\n")
      .slice(2)
      .map((line) => line.trim().split(/ {2,}/));
  const many = (count: number, known: (number: number) => Partial<Round> = () => ({})) =>
    array(count, (index) => roundOf(index + 1, known(index + 1)));

  test("are all shown up to 25; of more, those in the middle in one row", () => {
    expect(rows(many(24)).map(([name]) => name)).toEqual(array(24, (index) => String(index + 1)));
    const names = rows(many(26)).map(([name]) => name);
    expect(names).toHaveLength(25);
    expect(names.slice(10, 15)).toEqual(["11", "12", "13–14", "15", "16"]);
    expect(rows(many(25))[12]![0]).toBe("13");
  });

  test("that are added up have the sums, and are unknown where one of them is", () => {
    const known = (number: number) => ({
      ...{ start: ms(number * 100), end: ms(number * 100 + 100), syncs: number, sections: number },
      ...{ transferred: 1024, pages: number, zeroPages: 2 * number, pending: 100 - number },
    });
    // Rounds 13 and 14: 0.2 s for 2048 bytes, 27 syncs.
    expect(rows(many(26, known))[12]).toEqual([
      ...[
        "13–14",
        "27",
        "1300.000",
        "200.000",
        "87 B",
        "2.00 KiB",
        "10.0 KiB",
        "27",
        "54",
        "27",
        "yes",
      ],
    ]);
    const lacking = (field: keyof Round) =>
      rows(
        many(26, (number) => ({ ...known(number), ...(number === 14 && { [field]: undefined }) })),
      )[12];
    expect(lacking("transferred")!.slice(5, 7)).toEqual(["–", "–"]);
    expect(lacking("pages")![7]).toBe("–");
    expect(lacking("zeroPages")![8]).toBe("–");
    expect(lacking("pending")![10]).toBe("–");
    expect(lacking("end")!.slice(3, 7)).toEqual(["–", "87 B", "2.00 KiB", "–"]);
    expect(rows(many(26, (number) => ({ ...known(number), pending: 5 })))[12]![10]).toBe("no");
  });
});

test("what is matched with nothing has its place, and where the migration failed", () => {
  const missing = { status: "missing" } as const;
  const untraced = { status: "untraced", why: "" } as const;
  const items = [
    itemOf("a", 255, { source: missing, destination: spanOf(1, 2) }),
    itemOf("b", 16, { source: untraced, destination: missing }),
    itemOf("c", 32, { source: untraced, destination: untraced }),
    itemOf("d", 48, { source: spanOf(1, 2), destination: untraced }),
  ];
  const stray = (key: string, at: bigint | undefined) => ({ key, events: "e1", at });
  const failure = {
    ...{ side: "source" as const, errors: [], item: 1, device: undefined },
    ...{ instance: undefined, hint: undefined },
  };
  const known = {
    ...{ items, begin: ms(1), clocks: clocksOf({}) },
    outcome: { state: undefined, error: undefined, failure },
    source: { ...side, strays: [stray("vga", ms(4))] },
    destination: { ...side, strays: [stray("nic", undefined), stray("usb", ms(7))] },
  };
  expect(linesOf(unpaired, { ...known, streamSize: 100 })).toEqual([
    "Paired with nothing",
    "  a at byte 0xff: no event at the source",
    "  source at 3.000 ms: vga (e1): no such item in the stream",
    "  b at byte 0x10: no event at the destination; the migration failed here",
    "  destination: nic (e1): no such item in the stream",
    "  destination at 6.000 ms: usb (e1): no such item in the stream",
    "  c: QEMU traces nothing of it on either side",
    "",
  ]);
  expect(linesOf(unpaired, known).slice(1, 3)).toEqual([
    "  a: no event at the source",
    "  source at 3.000 ms: vga (e1): the other events do not show the item",
  ]);
});

test.each([
  ["aa bb cc", 8, ["aa bb cc"]],
  ["aa bb cc", 7, ["aa bb", "cc"]],
  ["aa bb cc", 5, ["aa bb", "cc"]],
  ["aa bb cc", 4, ["aa", "bb", "cc"]],
  ["a longword b", 3, ["a", "longword", "b"]],
  ["", 3, [""]],
])("%j in lines of %d", (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});
