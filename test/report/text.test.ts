import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DeviceTimes, MigrationAccount, Round } from "../../src/analysis/account.js";
import { analyze } from "../../src/analysis/analyze.js";
import { textReport } from "../../src/report/text.js";
import { eventTable, readItems, readRecords } from "../support/recordings.js";
import { sharedPath, testWith } from "../support/tools.js";
import {
  madeDevices,
  madeRounds,
  madeSections,
  microvm,
  microvmInputs,
  postcopyFaults,
} from "./made-analysis.js";
import { expectFigure, readFigure } from "./parsers/figure.js";
import { readTable, summaryOf, textNotes, textParts, textTable } from "./parsers/text-tables.js";

const PATH = "What the downtime was spent on, in order";
const CHECKPOINTS = "Downtime, checkpoint by checkpoint";
const DEVICES = "Devices, the slowest first";

/** Expects a table of all items with their places and times. */
function expectItems(analysis: MigrationAccount): void {
  const rows = textTable(textReport(analysis), "Items");
  expect(rows.map((row) => row.item)).toEqual(analysis.items.map(({ label }) => label));
  for (const [index, { item, source, destination }] of analysis.items.entries()) {
    const row = rows[index]!;
    expect([row.offset, row.bytes]).toEqual([`0x${item.offset.toString(16)}`, String(item.size)]);
    for (const [pairing, start, took] of [
      [source, row["source ms"], row["took ms"]],
      [destination, row["destination ms"], row["took ms 2"]],
    ] as const) {
      if (pairing.status !== "paired") continue;
      expectFigure(start, pairing.start - analysis.begin!, "ms");
      if (pairing.interval === "open") expect(took).toBe("?");
      else expectFigure(took, pairing.end - pairing.start, "ms", pairing.interval ? "≤" : "");
    }
  }
}

/** Expects the path's rows from 1 % on, and the others in one. */
function expectPath(analysis: MigrationAccount): void {
  const { path } = analysis.downtime;
  const rows = textTable(textReport(analysis), PATH);
  const total = Number(path.at(-1)!.end - path[0]!.start);
  const length = ({ start, end }: (typeof path)[number]) => Number(end - start);
  const shown = path.filter((segment) => segment.bounds || length(segment) * 100 >= total);
  const rest = path.filter((segment) => !shown.includes(segment));
  expect(rows).toHaveLength(shown.length + (rest.length > 0 ? 1 : 0));
  for (const [index, segment] of shown.entries()) {
    const sign = segment.bounds ? "~" : "";
    expectFigure(rows[index]!.ms, length(segment), "ms", sign);
    expectFigure(rows[index]!.share, length(segment) / total, "%", sign);
    expect(rows[index]!.side).toBe(segment.side);
    expect(rows[index]!.at).toContain(`${segment.kind} ${segment.what}`);
  }
  if (rest.length === 0) return;
  expectFigure(
    rows.at(-1)!.ms,
    rest.reduce((sum, segment) => sum + length(segment), 0),
    "ms",
  );
  expect(rows.at(-1)!.at).toBe(rest.length === 1 ? "a shorter one" : `${rest.length} shorter ones`);
}

/** Expects the checkpoints of both sides; across them a difference only where the clocks are exact. */
function expectCheckpoints(analysis: MigrationAccount, exact: boolean): void {
  const { checkpoints } = analysis.downtime;
  const rows = textTable(textReport(analysis), CHECKPOINTS);
  expect(rows.map((row) => row.checkpoint)).toEqual(checkpoints.map(({ name }) => name));
  for (const [index, { at, side }] of checkpoints.entries()) {
    expectFigure(rows[index]!["at ms"], at - analysis.begin!, "ms");
    const before = checkpoints[index - 1];
    if (before && (exact || before.side === side)) {
      expectFigure(rows[index]!["+ms"], at - before.at, "ms");
    } else expect(rows[index]!["+ms"]).toBe("");
  }
}

/** Expects these devices, in this order. */
function expectDevices(analysis: MigrationAccount, devices: readonly DeviceTimes[]): void {
  const rows = textTable(textReport(analysis), DEVICES);
  expect(rows.map((row) => row.device)).toEqual(devices.map(({ name }) => name));
  for (const [index, device] of devices.entries()) {
    const { save, saveIsBound, load, loadIsBound, bytes } = device;
    const row = rows[index]!;
    expectFigure(row["save ms"], save, "ms", saveIsBound ? "≤" : "");
    expectFigure(row["load ms"], load, "ms", loadIsBound ? "≤" : "");
    if ("bytes" in row) expectFigure(row.bytes, bytes);
  }
}

const streamOnly = analyze({ items: microvmInputs.items });

const slower = ({ save = 0n, load = 0n }: DeviceTimes) => (save > load ? save : load);
const slowestFirst = (devices: readonly DeviceTimes[]) =>
  [...devices].sort((a, b) => (slower(a) < slower(b) ? 1 : slower(a) > slower(b) ? -1 : 0));

describe("the text of a recording has the figures of its analysis", () => {
  test("microvm-file", () => {
    expectItems(microvm);
    expectPath(microvm);
    expectCheckpoints(microvm, true);
    expectDevices(microvm, slowestFirst(microvm.devices).slice(0, 10));
    expectRounds(microvm);
    const summary = summaryOf(textReport(microvm));
    expectFigure(summary["total time"], microvm.end! - microvm.begin!);
    expectFigure(/^[\d.]+ \w+/.exec(summary.downtime!)![0], microvm.downtime.guest);
    expectFigure(
      /([\d.]+ \w+) as the source/.exec(summary.downtime!)![1],
      microvm.downtime.reported,
    );
    expectFigure(/^(.*) in 22 items$/.exec(summary.stream!)![1], microvm.streamSize);
    const { offset, sent, received } = microvm.switchoverStart!;
    const words = /byte 0x(\w+), sent at (\S+) ms, read at (\S+) ms$/.exec(summary.switchover!)!;
    expect(Number.parseInt(words[1]!, 16)).toBe(offset);
    expectFigure(words[2], sent! - microvm.begin!, "ms");
    expectFigure(words[3], received! - microvm.begin!, "ms");
  });

  testWith(["shared"], "q35-precopy", async () => {
    const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
    const dir = (file: string) => sharedPath("recordings", "q35-precopy", file);
    const analysis = analyze({
      items: await readItems(dir("channel0.bin")),
      source: readRecords(dir("source.simpletrace"), events),
      destination: readRecords(dir("destination.simpletrace"), events),
    });
    expectItems(analysis);
    expectPath(analysis);
    expectCheckpoints(analysis, false);
    expectDevices(analysis, slowestFirst(analysis.devices).slice(0, 10));
    expectRounds(analysis);
    const range = /^(\S+ ms) \((\S+) to (\S+ ms)\)/.exec(
      summaryOf(textReport(analysis)).downtime!,
    )!;
    const { guest, guestBounds } = analysis.downtime;
    expectFigure(range[1], guest);
    expectFigure(range[2], guestBounds.lower, "ms");
    expectFigure(range[3], guestBounds.upper);
  });
});

/** Expects a row for each round; of more than 25 the first and the last 12, and the others in one. */
function expectRounds(analysis: MigrationAccount): void {
  const { rounds } = analysis;
  const rows = textTable(textReport(analysis), "Rounds");
  const folded = rounds.length > 25 ? rounds.slice(12, -12) : [];
  const single = rounds.filter((round) => !folded.includes(round));
  expect(rows).toHaveLength(single.length + (folded.length > 0 ? 1 : 0));
  const rowOf = (name: string) => rows.find((row) => row.round === name)!;
  for (const round of single) expectRound(rowOf(String(round.number)), round, analysis);
  if (folded.length === 0) return;
  expect(rows[12]!.round).toBe(`${folded[0]!.number}–${folded.at(-1)!.number}`);
}

function sentOf({ bytes, transferred }: Round, streamed: boolean): number | undefined {
  if (!streamed) return transferred;
  return transferred !== undefined && transferred > bytes ? transferred : bytes;
}

function expectRound(
  row: Readonly<Record<string, string>>,
  round: Round,
  { begin, streamSize }: MigrationAccount,
): void {
  const { start, end, complete, converging } = round;
  if ("start ms" in row) expectFigure(row["start ms"], start! - begin!, "ms");
  if ("syncs" in row) expect(row.syncs).toBe(String(round.syncs));
  if ("sections" in row) expect(row.sections).toBe(String(round.sections));
  expectFigure(row.ms, end! - start!, "ms");
  if (round.pending === undefined)
    expect(row["dirty at start"]).toBe(round.number === 1 ? "all" : "–");
  else expectFigure(row["dirty at start"], round.pending);
  expectFigure(row.sent, sentOf(round, streamSize !== undefined));
  expectFigure(row["per second"], round.rate);
  expectFigure(row.pages, round.pages);
  expectFigure(row.zero, round.zeroPages);
  const words = converging === undefined ? "–" : converging ? "yes" : "no";
  expect(row.converges).toBe(complete === false ? "not complete" : words);
}

describe("rounds", () => {
  const made = (count: number, change: (round: Round) => Partial<Round> = () => ({})) => ({
    ...microvm,
    rounds: madeRounds(count, microvm.begin!).map((round) => ({ ...round, ...change(round) })),
  });

  test.each([0, 1, 2, 23, 24, 25, 26, 60])("of %i, those that fit are shown", (count) => {
    expectRounds(made(count));
    expectRounds({ ...made(count), streamSize: undefined });
    const { rounds } = summaryOf(textReport(made(count)));
    const passes = ["unknown passes", "1 pass"][count] ?? `${count} passes`;
    expect(rounds!.split(" through memory")[0]).toBe(passes);
  });

  test("no table where there are none", () => {
    expect(textReport(made(0))).not.toMatch(/^Rounds$/m);
  });

  test.each([26, 31])("of %i, those in the middle are added up", (count) => {
    const analysis = made(count);
    const middle = analysis.rounds.slice(12, -12);
    const row = textTable(textReport(analysis), "Rounds")[12]!;
    const sum = (of: (round: Round) => number | undefined) =>
      middle.reduce((total, round) => total + of(round)!, 0);
    const [first, last] = [middle[0]!, middle.at(-1)!];
    const took = last.end! - first.start!;
    const sent = sum((round) => sentOf(round, true));
    expectFigure(row["start ms"] ?? "", first.start! - microvm.begin!, "ms");
    expect(row.syncs).toBe(String(sum(({ syncs }) => syncs)));
    expectFigure(row.ms, took, "ms");
    expectFigure(row["dirty at start"], first.pending);
    expectFigure(row.sent, sent);
    expectFigure(row["per second"], sent / (Number(took) / 1e9));
    expectFigure(
      row.pages,
      sum(({ pages }) => pages),
    );
    expectFigure(
      row.zero,
      sum(({ zeroPages }) => zeroPages),
    );
    // One round converges by itself; several where less was dirty at the start of the last.
    if (middle.length > 1)
      expect(row.converges).toBe(last.pending! < first.pending! ? "yes" : "no");
  });

  test("what is unknown of one in the middle is unknown of their sum, and only that", () => {
    const unknown = { pages: undefined, transferred: undefined };
    const row = (number: number, streamSize = microvm.streamSize) => {
      const analysis = made(30, (round) => (round.number === number ? unknown : {}));
      return textTable(textReport({ ...analysis, streamSize }), "Rounds")[12]!;
    };
    expect(row(15).pages).toBe("–");
    expect(row(15).zero).not.toBe("–");
    expect(row(15).sent).not.toBe("–");
    const without = textTable(
      textReport({ ...made(30, (r) => (r.number === 15 ? unknown : {})), streamSize: undefined }),
      "Rounds",
    )[12]!;
    expect([without.sent, without["per second"]]).toEqual(["–", "–"]);
    expect(row(12).pages).not.toBe("–");
  });

  test("a sum without times has no rate", () => {
    const analysis = made(30, () => ({ start: undefined, end: undefined, rate: undefined }));
    const row = textTable(textReport(analysis), "Rounds")[12]!;
    expect([row["start ms"], row.ms, row["per second"]]).toEqual(["–", "–", "–"]);
    expect(row.sent).not.toBe("–");
  });

  test("whether they converge is unknown where what was dirty is", () => {
    const row = (number: number) => {
      const analysis = made(30, (round) => (round.number === number ? { pending: undefined } : {}));
      return textTable(textReport(analysis), "Rounds")[12]!.converges;
    };
    expect([row(13), row(18)]).toEqual(["–", "–"]);
    expect(row(15)).toMatch(/yes|no/);
  });

  test.each([
    [1000, 999, "yes"],
    [1000, 1000, "no"],
    [1000, 1001, "no"],
  ])("from %i dirty bytes at their start to %i converge: %s", (first, last, words) => {
    const dirty: Readonly<Record<number, number>> = { 13: first, 18: last };
    const analysis = made(30, (round) => ({ pending: dirty[round.number] ?? round.pending }));
    expect(textTable(textReport(analysis), "Rounds")[12]!.converges).toBe(words);
  });

  test("the last one of a migration that was stopped is not complete", () => {
    const analysis = made(3, ({ number }) => ({ complete: number < 3 }));
    expectRounds(analysis);
    expect(summaryOf(textReport(analysis)).rounds).toContain(
      "3 passes through memory, the last one not complete",
    );
    expect(summaryOf(textReport(made(3))).rounds).not.toContain("not complete");
  });
});

describe("devices", () => {
  const made = (count: number) => ({ ...microvm, devices: madeDevices(count) });

  test.each([0, 1, 10, 11, 12, 79, 80, 81])("of %i, the ten slowest are listed", (count) => {
    const analysis = made(count);
    const sorted = slowestFirst(analysis.devices);
    expectDevices(analysis, sorted.slice(0, 10));
    const notes = textNotes(textReport(analysis), DEVICES);
    if (count <= 10) expect(notes).toEqual([]);
    else {
      const [, others, most] = /^(\d+) others? took at most (\S+) ms$/.exec(notes[0]!)!;
      expect(Number(others)).toBe(count - 10);
      expectFigure(most, slower(sorted[10]!), "ms");
      expect(notes[0]).toMatch(count === 11 ? /1 other took/ : /\d others took/);
    }
  });

  test.each([10, 11, 81])("of %i, all are listed where no table of items shows them", (count) => {
    const analysis = { ...made(count), items: [], streamSize: undefined };
    expectDevices(analysis, slowestFirst(analysis.devices));
    expect(textNotes(textReport(analysis), DEVICES)).toEqual([]);
  });

  test("those of which no time is known are left out, those sent in postcopy are not", () => {
    const [first, second, ...rest] = madeDevices(30);
    const sent = { bytes: 5, save: 1_234_000n, load: undefined };
    const devices = [
      { ...first!, save: undefined, load: undefined },
      { ...second!, save: undefined, load: undefined, postcopy: sent },
      ...rest,
    ];
    const analysis = { ...microvm, devices };
    expectDevices(analysis, [...slowestFirst(rest).slice(0, 10), devices[1]!]);
    const row = textTable(textReport(analysis), DEVICES).at(-1)!;
    expectFigure(row["save in postcopy ms"], sent.save, "ms");
    expect(row["load in postcopy ms"]).toBe("–");
  });
});

describe("items", () => {
  test.each([1, 79, 80, 81, 500])("of %i, all are in the table", (count) => {
    expectItems({ ...microvm, items: madeSections(count, microvm.downtime.stopped!) });
  });

  test("whose time is not exact or not known say so", () => {
    const [first, ...rest] = madeSections(6, microvm.begin!);
    const timed = { start: microvm.begin!, end: microvm.begin! + 1_500_000n, how: "" };
    const pairings = [
      { status: "paired", ...timed, interval: "bound" },
      { status: "paired", ...timed, interval: "open" },
      { status: "untraced", why: "" },
      { status: "untimed", how: "" },
      { status: "missing" },
    ] as const;
    const items = [first!, ...pairings.map((source, index) => ({ ...rest[index]!, source }))];
    expectItems({ ...microvm, items });
    const rows = textTable(textReport({ ...microvm, items }), "Items");
    expect(rows.map((row) => [row["source ms"], row["took ms"]]).slice(1)).toEqual([
      ["0.000", "≤ 1.500"],
      ["0.000", "?"],
      ["·", ""],
      ["–", ""],
      ["?", ""],
    ]);
  });

  test("within another are indented, and without a stream have no place", () => {
    const items = microvm.items.map((item, index) => ({
      ...item,
      item: { ...item.item, depth: index % 2 },
    })) as MigrationAccount["items"];
    expect(textReport({ ...microvm, items })).toMatch(/ {4}ram START /);
    const [row] = textTable(textReport({ ...microvm, streamSize: undefined }), "Items");
    expect(Object.keys(row!).slice(0, 2)).toEqual(["item", "source ms"]);
  });

  test("that pair with nothing are listed by side", () => {
    const items = microvm.items.map((item) =>
      item.label === "timer FULL" ? { ...item, destination: { status: "missing" as const } } : item,
    );
    const stray = { key: "foo", events: "bar_start, bar_end", at: microvm.begin! + 2_500_000n };
    const source = { ...microvm.source!, strays: [stray, { ...stray, at: undefined }] };
    const text = textReport({ ...microvm, items, source });
    expect(textParts(text).at(-1)).toEqual([
      "Paired with nothing",
      "  source at 2.500 ms: foo (bar_start, bar_end): no such item in the stream",
      "  source: foo (bar_start, bar_end): no such item in the stream",
      "  timer FULL at byte 0x2e340: no event at the destination",
      "  VMDESCRIPTION: QEMU traces nothing of it on either side",
    ]);
    expect(summaryOf(text).paired).toContain("; 2 traced without an item");
  });
});

describe("shares", () => {
  const paired = (paired: number, expected: number) => {
    const source = { paired, expected, strays: [] };
    return summaryOf(textReport({ ...microvm, source })).paired!.split(" destination:")[0];
  };
  test.each([
    [2499, 2500, "99.9 %, "],
    [99_999, 100_000, "99.9 %, "],
    [2500, 2500, "100 %, "],
    [1, 3, "33.3 %, "],
    [2, 3, "66.6 %, "],
    [0, 7, "0 %, "],
    [0, 0, ""],
  ])("%i of %i paired are %s", (count, expected, share) => {
    expect(paired(count, expected)).toBe(
      `source: ${share}${count} of the ${expected} items that QEMU traces there`,
    );
  });

  const path = (...lengths: number[]): MigrationAccount => {
    let at = microvm.downtime.stopped!;
    const segments = lengths.map((length, index) => {
      const start = at;
      at += BigInt(length);
      return {
        side: "source" as const,
        kind: "save" as const,
        what: `dev${index}`,
        start,
        end: at,
      };
    });
    return { ...microvm, downtime: { ...microvm.downtime, path: segments } };
  };

  test.each([
    [
      [9996, 4],
      ["99 %", "0 %"],
    ],
    [
      [99_600, 200, 200],
      ["99 %", "0 %"],
    ],
    [[10_000], ["100 %"]],
    [
      [5000, 4900, 100],
      ["50 %", "49 %", "1 %"],
    ],
    [
      [5000, 4901, 99],
      ["50 %", "49 %", "1 %"],
    ],
  ])("a path of %j has shares of %j", (lengths, shares) => {
    const analysis = path(...lengths);
    const rows = textTable(textReport(analysis), PATH);
    expect(rows.map(({ share }) => share)).toEqual(shares);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const isShort = lengths.at(-1)! * 100 < total;
    expect(rows.at(-1)!.at!.includes("shorter")).toBe(isShort);
  });

  test("a path's bars are a twentieth of it for each block", () => {
    const bars = textReport(path(7500, 2000, 500)).match(/█+/g)!;
    expect(bars.map((bar) => bar.length)).toEqual([15, 4, 1]);
  });

  test("a path that crosses the sides has its range, and is shown however short", () => {
    const analysis = path(9990, 10);
    const bounds = { lower: 0n, upper: 640_000n };
    const [first, last] = analysis.downtime.path;
    const crossing = { ...analysis.downtime, path: [first!, { ...last!, bounds }] };
    const rows = textTable(textReport({ ...analysis, downtime: crossing }), PATH);
    expect(rows[1]).toMatchObject({ ms: "~0.000", share: "~0 %", at: "save dev1 (0 to 640 µs)" });
  });
});

describe("the end of a migration", () => {
  const ended = (
    outcome: Partial<MigrationAccount["outcome"]>,
    rest: Partial<MigrationAccount> = {},
  ) => summaryOf(textReport({ ...microvm, ...rest, outcome: { ...microvm.outcome, ...outcome } }));

  test.each([
    [{ state: "completed" }, undefined],
    [{ state: "cancelled" }, "cancelled"],
    [{ state: "cancelled", error: "by the user" }, "cancelled: by the user"],
    [{ state: "active" }, "unknown; last state active"],
    [{ state: undefined }, undefined],
  ])("%j is told as %j", (outcome, words) => {
    expect(ended(outcome).outcome).toBe(words);
  });

  test("at an item has the item, the place and QEMU's words, and a mark in the table", () => {
    const failure = {
      ...{ side: "destination" as const, errors: ["first", "second"], item: 2 },
      ...{ device: undefined, instance: undefined, hint: "try again" },
    };
    const outcome = { state: "failed", error: "first", failure };
    const summary = ended(outcome);
    expect(summary.failed).toBe("at the destination, at ram PART, byte 0xb4 first second");
    expect(summary.hint).toBe("try again");
    expect(summary.outcome).toBeUndefined();
    const rows = textTable(textReport({ ...microvm, outcome }), "Items");
    const marked = rows.filter((row) => Object.values(row).includes("failed here"));
    expect(marked).toEqual([rows[2]]);
  });

  test("of one of several attempts says which, and lists all", () => {
    const begin = 7_000_000_000n;
    const attempts = [
      { number: 1, start: begin, end: begin + 1_500_000n, state: "failed", bytes: 2048 },
      { number: 2, start: begin + 90_000_000n, end: undefined, state: undefined, bytes: undefined },
      { number: 3, start: undefined, end: undefined, state: "completed", bytes: 0 },
    ];
    const analysis = { ...microvm, attempts, attempt: { number: 2, of: 3 } };
    const text = textReport(analysis);
    expect(summaryOf(text).attempt).toMatch(/^2 of 3 /);
    const rows = textTable(text, "Attempts");
    expect(rows.map((row) => Object.values(row))).toEqual([
      ["", "1", "0.000", "1.500 ms", "failed", "2.00 KiB"],
      [">", "2", "90.000", "–", "unknown", "–"],
      ["", "3", "–", "–", "completed", "0 B"],
    ]);
  });
});

describe("postcopy", () => {
  const analysis = postcopyFaults();
  const text = textReport(analysis);
  const part = textParts(text).find(([first]) => first === "Postcopy")!;
  const fact = (name: string) => part.find((line) => line.startsWith(name))!.slice(14);
  const waits = analysis.postcopy!.requests.flatMap((request) =>
    request.faulted === undefined || request.arrived === undefined
      ? []
      : [{ ...request, took: request.arrived - request.faulted }],
  );
  const sorted = waits.map(({ took }) => Number(took)).sort((a, b) => a - b);
  const tables = textParts(text).map((lines) => lines[0]!.trim().split(/ {2,}/));

  test("has when it was, how many faults there were, and how long they took", () => {
    const { start, end, requests, blocked } = analysis.postcopy!;
    const [, from, to] = /^(\S+) to (\S+) ms$/.exec(fact("lasted"))!;
    // Where the clocks cannot be compared, times count from the destination's first event.
    expectFigure(String(Number(to) - Number(from)), end! - start!, "ms");
    expect(fact("faults")).toMatch(new RegExp(`^${requests.length}: `));
    const kinds = ["requested", "present", "joined"].map(
      (kind) => requests.filter((request) => request.kind === kind).length,
    );
    const told = [/(\d+) asked of/, /(\d+) there by/, /(\d+) asked for/].map((words) =>
      Number(words.exec(fact("faults"))?.[1] ?? 0),
    );
    expect(told).toEqual(kinds);
    const latency = /^median (.*), 95 % within (.*), longest (.*)$/.exec(fact("latency"))!;
    // Nearest rank: the least value that the share of all does not exceed.
    const rank = (share: number) => sorted[Math.ceil(sorted.length * share) - 1]!;
    expectFigure(latency[1], rank(0.5));
    expectFigure(latency[2], rank(0.95));
    expectFigure(latency[3], sorted.at(-1)!);
    expectFigure(fact("guest waited").split(",")[0], blocked);
  });

  test("has how many waits were below each power of two", () => {
    const rows = readTable(textParts(text)[tables.findIndex(([title]) => title === "latency")]!);
    let below = 0;
    for (const { latency, faults } of rows) {
      below += Number(faults);
      const { value, precision } = readFigure(latency!.replace("below ", ""));
      const least = sorted.filter((took) => took < value - precision).length;
      const most = sorted.filter((took) => took < value + precision).length;
      expect(below).toBeGreaterThanOrEqual(least);
      expect(below).toBeLessThanOrEqual(most);
    }
    expect(below).toBe(sorted.length);
    const counts = rows.map(({ faults }) => Number(faults));
    const bars = rows.map((row) => Object.values(row)[2]?.length ?? 0);
    expect(bars).toEqual(counts.map((count) => Math.ceil((count / Math.max(...counts)) * 40)));
  });

  test("has the five longest waits, the longest first", () => {
    const rows = readTable(textParts(text)[tables.findIndex(([title]) => title === "waited ms")]!);
    const longest = [...waits].sort((a, b) => (a.took < b.took ? 1 : -1)).slice(0, 5);
    expect(rows.map(({ page }) => page)).toEqual(
      longest.map(({ block, offset }) => `${block} 0x${offset.toString(16)}`),
    );
    const origin = Number(rows[0]!["from ms"]) * 1e6 - Number(longest[0]!.faulted);
    for (const [index, { took, faulted }] of longest.entries()) {
      expectFigure(rows[index]!["waited ms"], took, "ms");
      const from = Number(rows[index]!["from ms"]) * 1e6;
      expect(Math.abs(from - Number(faulted) - origin)).toBeLessThanOrEqual(1001);
    }
  });
});

test("a report without a trace has no figure of one", () => {
  const text = textReport(streamOnly);
  expect(summaryOf(text)).toMatchObject({ downtime: expect.stringMatching(/^unknown/) });
  const [row] = textTable(text, "Items");
  expect(Object.keys(row!)).toEqual(["offset", "bytes", "item"]);
});

// What the figures are is checked above; these show a change of layout or words to its reviewer.
describe("the layout (npm run test:update records it again)", () => {
  const golden = (name: string) => join(import.meta.dirname, "golden", name);

  test("of an analysis with all inputs", async () => {
    const text = textReport(analyze({ ...microvmInputs, clockOffset: undefined }));
    await expect(text).toMatchFileSnapshot(golden("microvm-file.txt"));
  });

  test("of an analysis of the stream alone", async () => {
    await expect(textReport(streamOnly)).toMatchFileSnapshot(
      golden("microvm-file-stream-only.txt"),
    );
  });
});
