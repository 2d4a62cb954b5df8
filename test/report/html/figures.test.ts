import { describe, expect, test } from "vitest";
import type { MigrationAccount, SidePairing } from "../../../src/analysis/account.js";
import { analyze } from "../../../src/analysis/analyze.js";
import { htmlReport } from "../../../src/report/html/html-report.js";
import { eventTable, readItems, readRecords } from "../../support/recordings.js";
import { sharedPath, testWith } from "../../support/tools.js";
import {
  madeDevices,
  madeRounds,
  madeSections,
  microvm,
  microvmInputs,
  postcopyFaults,
} from "../made-analysis.js";
import { expectFigure, readFigure } from "../parsers/figure.js";
import {
  captioned,
  dataOf,
  factsOf,
  type HtmlBar,
  type HtmlRow,
  plain,
  sectionOf,
  summedUp,
  tablesOf,
} from "../parsers/html-page.js";

const SIDES = ["source", "destination"] as const;
type Side = (typeof SIDES)[number];

/** An interval of time, as the lanes of a waterfall show it. */
interface Interval {
  readonly start: bigint;
  readonly end: bigint;
}

/** Both traces by clocks that cannot be compared. */
const apart = analyze({ ...microvmInputs, clockOffset: undefined });

function intervalOf(times: readonly (bigint | undefined)[]): Interval {
  const known = times.filter((time) => time !== undefined);
  const pick = (isBetter: (time: bigint, best: bigint) => boolean) =>
    known.reduce((best, time) => (isBetter(time, best) ? time : best));
  return { start: pick((time, best) => time < best), end: pick((time, best) => time > best) };
}

/** From the first sign of the guest's stop, at these sides, to the last of its run. */
function downtimeOf({ downtime }: MigrationAccount, sides: readonly Side[]): Interval {
  const { stopped, resumed, running, destination, checkpoints, path } = downtime;
  const times = checkpoints.flatMap(({ side, at }) => (sides.includes(side) ? [at] : []));
  const source = [stopped, resumed, path[0]?.start, path.at(-1)?.end];
  const load = sides.length === 1 && running !== undefined ? running - destination! : undefined;
  return intervalOf([
    ...times,
    ...(sides.includes("source") ? source : []),
    ...(sides.includes("destination") ? [running, load] : []),
  ]);
}

/** Expects a bar where its interval is on the scale of another, to a pixel of a lane of 10,000. */
function expectBar(bar: HtmlBar | undefined, { start, end }: Interval, frame: Interval): void {
  const whole = Number(frame.end - frame.start);
  const share = (time: bigint) => Math.min(1, Math.max(0, Number(time - frame.start) / whole));
  expect(Math.abs(bar!.left - share(start))).toBeLessThan(1e-4);
  expect(Math.abs(bar!.left + bar!.width - share(end))).toBeLessThan(1e-4);
  expect(bar!.classes.includes("cut-start")).toBe(start < frame.start);
  expect(bar!.classes.includes("cut-end")).toBe(end > frame.end);
}

/** Expects the sections within the downtime with their bars and figures; `shown` are those of more than 80. */
function expectSections(
  analysis: MigrationAccount,
  sides: readonly Side[],
  shown?: readonly string[],
): void {
  const frame = downtimeOf(analysis, sides);
  const title = `Section by section${sides.length === 1 ? `, at the ${sides[0]}` : ""}`;
  const rows = captioned(sectionOf(htmlReport(analysis), "downtime"), title)?.rows ?? [];
  const isWithin = (pairing: SidePairing) =>
    pairing.status === "paired" && pairing.end >= frame.start && pairing.start <= frame.end;
  const within = analysis.items.filter(
    (item) => item.item.type.startsWith("section-") && sides.some((side) => isWithin(item[side])),
  );
  const expected = shown ? within.filter(({ label }) => shown.includes(label)) : within;
  expect(rows.map(({ cells }) => cells[0])).toEqual(expected.map(({ label }) => label));
  for (const [index, item] of expected.entries()) {
    const { cells, bars } = rows[index]!;
    let bar = 0;
    for (const [column, side] of sides.entries()) {
      const pairing = item[side];
      const figure = cells[1 + column];
      if (pairing.status !== "paired") {
        expect(figure).toBe("–");
        continue;
      }
      const took = pairing.end - pairing.start;
      if (pairing.interval === "open") expect(figure).toBe("?");
      else expectFigure(figure, took, "", pairing.interval ? "≤" : "");
      expect(bars[bar]!.classes[0]).toBe(side);
      expect(bars[bar]!.classes.includes("uncertain")).toBe(pairing.interval !== undefined);
      expectBar(bars[bar++], pairing, frame);
    }
    expect(bars).toHaveLength(bar);
  }
}

/** Expects each checkpoint's distance to the one before, and a bar as long. */
function expectCheckpoints(
  analysis: MigrationAccount,
  sides: readonly Side[],
  exact: boolean,
): void {
  const frame = downtimeOf(analysis, sides);
  const title = `Checkpoint by checkpoint${sides.length === 1 ? `, at the ${sides[0]}` : ""}`;
  const rows = captioned(sectionOf(htmlReport(analysis), "downtime"), title)!.rows;
  const expected = analysis.downtime.checkpoints.filter(({ side }) => sides.includes(side));
  expect(rows.map(({ cells }) => cells[0])).toEqual(expected.map(({ name }) => name));
  for (const [index, { at, side }] of expected.entries()) {
    const before = expected[index - 1];
    const known = before && (exact || before.side === side);
    expectFigure(rows[index]!.cells[1], known ? at - before.at : undefined);
    expectBar(rows[index]!.bars[0], { start: known ? before.at : at, end: at }, frame);
    expect(rows[index]!.bars[0]!.classes[0]).toBe(side);
  }
}

/** Expects a path without gaps, whose rows are the path's parts or several short ones together. */
function expectPath(analysis: MigrationAccount): void {
  const { path } = analysis.downtime;
  const frame = downtimeOf(analysis, SIDES);
  const whole = Number(path.at(-1)!.end - path[0]!.start);
  const { rows } = captioned(sectionOf(htmlReport(analysis), "downtime"), "Critical path")!;
  let next = 0;
  for (const { cells, bars } of rows) {
    const [name, took] = cells as [string, string];
    const count = Number(/ (\d+) short ones, /.exec(name)?.[1] ?? 1);
    const parts = path.slice(next, next + count);
    const [first, last] = [parts[0]!, parts.at(-1)!];
    next += count;
    if (count > 1) {
      expect(name).toBe(`${first.kind} ${count} short ones, ${first.what} to ${last.what}`);
      for (const { start, end, side, kind } of parts) {
        expect(Number(end - start)).toBeLessThan(whole / 100);
        expect([side, kind]).toEqual([first.side, first.kind]);
      }
    } else {
      const unexplained = first.kind === "unexplained";
      expect(name).toBe(`${first.kind}${unexplained ? "," : ""} ${first.what}`);
    }
    const { bounds } = first;
    const figure = bounds ? /^~[\d.]+ \S?s(?=\d|$)/.exec(took)?.[0] : took;
    expectFigure(figure, last.end - first.start, "", bounds ? "~" : "");
    const tone = first.kind === "unexplained" ? "unexplained" : first.side;
    expect(bars[0]!.classes[0]).toBe(tone);
    expect(bars[0]!.classes.includes("uncertain")).toBe(bounds !== undefined);
    expectBar(bars[0], { start: first.start, end: last.end }, frame);
  }
  expect(next).toBe(path.length);
}

/** Expects the first screen's figures. */
function expectSummary(analysis: MigrationAccount): void {
  const page = htmlReport(analysis);
  const summary = /<section class="summary".*?<\/section>/s.exec(page)![0];
  const { begin, end, totalBytes, rounds, downtime, source, destination } = analysis;
  expectFigure(
    plain(/<p class="big"[^>]*>(.*?)<\/p>/s.exec(summary)![1]!),
    downtime.guest ?? downtime.reported,
  );
  expectFigure(
    /class="big" title="([^"]*)"/.exec(summary)![1],
    downtime.guest ?? downtime.reported,
  );
  const facts = factsOf(summary);
  expectFigure(facts["Total time"]![0], end! - begin!);
  expectFigure(facts.Stream![0], totalBytes);
  expect(facts.Rounds![0]).toBe(String(rounds.length));
  const { sent } = analysis.switchoverStart!;
  expectFigure(facts.Switchover![0], sent! - begin!);
  expect(facts.Paired![1]).toBe(
    `source ${source!.paired} of ${source!.expected}, destination ${destination!.paired} of ${destination!.expected}`,
  );
}

describe("the page of a recording has the figures of its analysis", () => {
  test("microvm-file, by one clock", () => {
    expectSummary(microvm);
    expectPath(microvm);
    expectCheckpoints(microvm, SIDES, true);
    expectSections(microvm, SIDES);
  });

  test("microvm-file, each side by its own clock", () => {
    expect(captioned(sectionOf(htmlReport(apart), "downtime"), "Critical path")).toBeUndefined();
    for (const side of SIDES) {
      expectCheckpoints(apart, [side], false);
      expectSections(apart, [side]);
    }
    const lead = plain(
      /<p class="lead">(.*?)<\/p>/s.exec(sectionOf(htmlReport(apart), "downtime")!)![1]!,
    );
    const times = [...lead.matchAll(/from (\S+) ms to (\S+) ms/g)];
    for (const [index, side] of SIDES.entries()) {
      const { start, end } = downtimeOf(apart, [side]);
      // Those of the destination count from its first item.
      const loads = apart.items.flatMap(({ destination }) =>
        destination.status === "paired" ? [destination.start] : [],
      );
      const origin = side === "source" ? apart.begin! : intervalOf(loads).start;
      expectFigure(times[index]![1], start - origin, "ms");
      expectFigure(times[index]![2], end - origin, "ms");
    }
  });

  testWith(["shared"], "q35-precopy", async () => {
    const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
    const dir = (file: string) => sharedPath("recordings", "q35-precopy", file);
    const analysis = analyze({
      items: await readItems(dir("channel0.bin")),
      source: readRecords(dir("source.simpletrace"), events),
      destination: readRecords(dir("destination.simpletrace"), events),
    });
    expectSummary(analysis);
    expectPath(analysis);
    expectCheckpoints(analysis, SIDES, false);
    expectSections(analysis, SIDES);
    expectRounds(analysis);
    expectDevices(analysis);
  });
});

function expectRounds(analysis: MigrationAccount): void {
  const { rounds, begin, streamSize } = analysis;
  const rows = tablesOf(sectionOf(htmlReport(analysis), "rounds"))[0]?.rows ?? [];
  expect(rows).toHaveLength(rounds.length);
  const sent = rounds.map(({ bytes, transferred }) =>
    streamSize === undefined ? transferred : Math.max(bytes, transferred ?? bytes),
  );
  const most = Math.max(...sent.map((bytes) => bytes ?? 0));
  for (const [index, round] of rounds.entries()) {
    const { cells, share } = rows[index]!;
    const { start, end } = round;
    expect(cells.slice(0, 2)).toEqual([String(index + 1), String(round.syncs)]);
    expectFigure(cells[2], start && start - begin!, "ms");
    expectFigure(cells[3], start && end && end - start);
    if (round.pending === undefined) expect(cells[4]).toBe(index === 0 ? "all" : "–");
    else expectFigure(cells[4], round.pending);
    if (round.dirtyPages === undefined) expect(cells[5]).toBe("–");
    else expectFigure(cells[5]!.replace(/ pages$/, ""), round.dirtyPages);
    expectFigure(cells[6], sent[index]);
    if (sent[index] !== undefined) expect(Math.abs(share! - sent[index] / most)).toBeLessThan(1e-5);
    expectFigure(cells[7], round.rate);
    expect(/\/s$/.test(cells[7]!)).toBe(round.rate !== undefined);
    expectFigure(cells[8], round.sections);
    expectFigure(cells[9], round.pages);
    expectFigure(cells[10], round.zeroPages);
    const words = round.converging === undefined ? "–" : round.converging ? "yes" : "no";
    expect(cells[11]).toBe(round.complete === false ? "not complete" : words);
  }
}

describe("rounds", () => {
  const rounds = (count: number) => ({ ...microvm, rounds: madeRounds(count, microvm.begin!) });

  test.each([0, 1, 23, 24, 25, 200])("of %i, all are shown", (count) => {
    expectRounds(rounds(count));
    expectRounds({ ...rounds(count), streamSize: undefined });
  });

  test("of which something is unknown show it by a dash", () => {
    const unknown = {
      ...{ start: undefined, end: undefined, dirtyPages: undefined, transferred: undefined },
      ...{ rate: undefined, pages: undefined, zeroPages: undefined, complete: false },
    };
    const made = rounds(4);
    const analysis = {
      ...{ ...made, streamSize: undefined },
      rounds: made.rounds.map((round, index) => (index === 2 ? { ...round, ...unknown } : round)),
    };
    expectRounds(analysis);
  });

  test("are added up in the summary where all are known", () => {
    const note = (analysis: MigrationAccount) =>
      factsOf(htmlReport(analysis)).Rounds![1].split(", ")[1];
    const made = rounds(3);
    const sum = (of: (round: (typeof made.rounds)[number]) => number) =>
      made.rounds.reduce((total, round) => total + of(round), 0);
    expectFigure(
      note(made)!.replace(" pages sent", ""),
      sum(({ pages }) => pages!),
    );
    const pageless = {
      ...made,
      rounds: made.rounds.map((round) => ({ ...round, pages: undefined })),
    };
    const bytes = sum(({ bytes, transferred }) => Math.max(bytes, transferred!));
    expectFigure(note(pageless)!.replace(" sent", ""), bytes);
    const [first, ...rest] = pageless.rounds;
    const lacking = [...rest, { ...first!, transferred: undefined }];
    expect(note({ ...pageless, rounds: lacking, streamSize: undefined })).toBeUndefined();
  });
});

function expectDevices(analysis: MigrationAccount): void {
  const rows = tablesOf(sectionOf(htmlReport(analysis), "devices"))[0]?.rows ?? [];
  const slower = (name: string) => {
    const { save, load } = analysis.devices.find((device) => device.name === name)!;
    return Math.max(Number(save ?? 0n), Number(load ?? 0n));
  };
  const names = rows.map(({ cells }) => cells[0]!);
  expect([...names].sort()).toEqual(analysis.devices.map(({ name }) => name).sort());
  for (const [index, name] of names.slice(1).entries())
    expect(slower(names[index]!)).toBeGreaterThanOrEqual(slower(name));
  for (const { cells } of rows) {
    const device = analysis.devices.find(({ name }) => name === cells[0])!;
    const { bytes, save, saveIsBound, load, loadIsBound, postcopy } = device;
    expectFigure(cells[1], bytes);
    expectFigure(cells[2], save, "ms", saveIsBound ? "≤" : "");
    expectFigure(cells[3], load, "ms", loadIsBound ? "≤" : "");
    if (!postcopy) expect(cells.slice(4).join("")).toBe("");
    else {
      expectFigure(cells[4], postcopy.save, "ms");
      expectFigure(cells[5], postcopy.load, "ms");
    }
  }
}

describe("devices", () => {
  test.each([1, 79, 80, 81, 300])("of %i, all are listed, the slowest first", (count) => {
    expectDevices({ ...microvm, devices: madeDevices(count) });
  });

  test("of which some were sent in postcopy have columns for it", () => {
    const sent = { bytes: 5, save: 1_234_000n, load: undefined };
    const devices = madeDevices(5).map((device, index) => ({
      ...{ ...device, loadIsBound: index === 3, load: index === 4 ? undefined : device.load },
      postcopy: index === 2 ? sent : undefined,
    }));
    expectDevices({ ...microvm, devices });
  });

  test("without any time are not listed", () => {
    const devices = madeDevices(3).map((device) => ({
      ...device,
      save: undefined,
      load: undefined,
    }));
    expect(sectionOf(htmlReport({ ...microvm, devices }), "devices")).toBeUndefined();
  });
});

describe("sections", () => {
  const made = (count: number): MigrationAccount => {
    const items = madeSections(count, microvm.downtime.stopped!);
    const times = items.map(({ source }) => (source as Interval).end);
    const running = intervalOf([...times, microvm.downtime.running]).end + 10_000_000n;
    return { ...microvm, items, downtime: { ...microvm.downtime, running } };
  };

  test.each([1, 79, 80, 81, 82, 200])("of %i, the 80 longest are drawn, in order", (count) => {
    const analysis = made(count);
    // Times differ by 7 µs, so the longest are those from a length on.
    const least = BigInt(20_000 + 7000 * Math.max(0, count - 80));
    const shown = analysis.items.filter(({ source, destination }) =>
      [source, destination].some((p) => p.status === "paired" && p.end - p.start >= least),
    );
    expect(shown).toHaveLength(Math.min(80, count));
    expectSections(
      analysis,
      SIDES,
      shown.map(({ label }) => label),
    );
    const section = plain(sectionOf(htmlReport(analysis), "downtime")!);
    const rest = /([\d,]+) shorter sections? (?:is|are) in the table of items/.exec(section);
    expect(rest?.[1]).toBe(count > 80 ? String(count - 80) : undefined);
  });

  test("that are not within the downtime, or are not known exactly", () => {
    const frame = downtimeOf(microvm, SIDES);
    const [a, b, c, d, e, f] = madeSections(6, microvm.downtime.stopped!);
    const at = (start: bigint, end: bigint, interval?: "bound" | "open"): SidePairing => ({
      ...{ status: "paired", how: "", start, end },
      ...(interval && { interval }),
    });
    const none = { status: "missing" as const };
    const items = [
      // Ends as the downtime starts, and one that ends before.
      { ...a!, source: at(frame.start - 9000n, frame.start), destination: none },
      { ...b!, source: at(frame.start - 9000n, frame.start - 1n), destination: none },
      // Starts as it ends, and one that starts after.
      { ...c!, source: at(frame.end, frame.end + 9000n), destination: none },
      { ...d!, source: at(frame.end + 1n, frame.end + 9000n), destination: none },
      { ...e!, source: at(frame.start, frame.start + 5000n, "bound") },
      { ...f!, destination: at(frame.start - 50_000_000n, frame.end + 70_000_000n, "open") },
    ];
    const analysis = { ...microvm, items };
    expectSections(analysis, SIDES);
    const section = sectionOf(htmlReport(analysis), "downtime")!;
    const names = captioned(section, "Section by section")!.rows.map(({ cells }) => cells[0]);
    expect(names).toEqual([a, c, e, f].map((item) => item!.label));
    expect(section).toContain("An arrow marks");
    expect(section).toContain("not known exactly");
    expect(sectionOf(htmlReport(made(5)), "downtime")).not.toContain("An arrow marks");
    expect(sectionOf(htmlReport(made(5)), "downtime")).not.toContain("not known exactly");
  });

  test("at which a migration failed are marked", () => {
    const failure = {
      ...{ side: "destination" as const, errors: ["first", "a <second>"], item: 4 },
      ...{ device: undefined, instance: undefined, hint: "try again" },
    };
    const analysis = { ...made(9), outcome: { state: "failed", error: "first", failure } };
    const page = htmlReport(analysis);
    const { rows } = captioned(sectionOf(page, "downtime"), "Section by section")!;
    const marked = rows.filter(({ cells }) => cells[0]!.startsWith("failed here"));
    expect(marked.map(({ cells }) => cells[0])).toEqual([
      `failed here ${analysis.items[4]!.label}`,
    ]);
    const block = /<div class="failure".*?<\/div>/s.exec(page)![0];
    expect(plain(block).replace(/\s+/g, " ")).toBe(
      "Failed at the destination, at dev4 FULL, byte 0x190 firsta <second> try again",
    );
    expect(factsOf(page)["Total time"]![1]).toBe("failed");
    expect(dataOf(page).failed).toEqual({ item: 4, side: "destination" });
  });
});

describe("the summary", () => {
  const factOf = (name: string, rest: Partial<MigrationAccount>) =>
    factsOf(htmlReport({ ...microvm, ...rest }))[name]!;

  test.each([
    [2499, 2500, "99.9 %"],
    [99_999, 100_000, "99.9 %"],
    [2500, 2500, "100 %"],
    [1, 3, "33.3 %"],
    [2, 3, "66.6 %"],
    [0, 7, "0 %"],
  ])("%i of %i paired are %s, as in the text", (paired, expected, share) => {
    const sum = { source: { paired, expected, strays: [] }, destination: undefined };
    expect(factOf("Paired", sum)[0]).toBe(share);
  });

  test("adds both sides up", () => {
    const side = { paired: 1, expected: 2, strays: [] };
    expect(factOf("Paired", { source: side, destination: { ...side, paired: 2 } })[0]).toBe("75 %");
    expect(
      factOf("Paired", { source: { ...side, expected: 0, paired: 0 }, destination: undefined }),
    ).toEqual(["–", "source 0 of 0, no destination trace"]);
  });

  test.each([
    [{ state: "cancelled", error: undefined }, "cancelled", true],
    [{ state: "cancelled", error: "by the user" }, "cancelled: by the user", true],
    [{ state: "failed", error: "why" }, "failed: why", true],
    [{ state: "completed", error: undefined }, "completed", false],
    [{ state: "active", error: undefined }, "active", false],
    [{ state: undefined, error: undefined }, "end not told", false],
  ])("tells an outcome of %j", (outcome, words, bad) => {
    const analysis = { ...microvm, outcome: { ...outcome, failure: undefined } };
    expect(factsOf(htmlReport(analysis))["Total time"]![1]).toBe(words);
    expect(/<div class="bad"><dt>Total time/.test(htmlReport(analysis))).toBe(bad);
  });

  test("has the phases, as wide as they are long, and those of the downtime marked", () => {
    const { begin, downtime } = microvm;
    const third = (downtime.running! - downtime.stopped!) / 3n;
    const lengths = [downtime.stopped! - begin!, third, 2n * third, third / 1000n];
    let at = begin!;
    const phases = lengths.map((length, index) => {
      const start = at;
      at += length;
      return { name: `phase ${index}`, state: "", start, end: at };
    });
    const page = htmlReport({ ...microvm, phases });
    const strip = /<ol class="strip".*?<\/ol>/s.exec(page)![0];
    const parts = [...strip.matchAll(/<li style="flex-grow:([\d.]+)"(.*?)title="(.*?)">/g)];
    const whole = Number(at - begin!);
    expect(parts.map(([, , , title]) => title!.split(": ")[0])).toEqual(
      phases.map(({ name }) => name),
    );
    for (const [index, [, grow, , title]] of parts.entries()) {
      expect(Number(grow)).toBeCloseTo(Math.max(0.002, Number(lengths[index]) / whole), 4);
      expectFigure(title!.split(": ")[1], lengths[index]);
    }
    expect(parts.map(([, , attributes]) => attributes!.includes("down"))).toEqual([
      ...[false, true, true, false],
    ]);
  });

  test.each([
    [9n, true],
    [8n, false],
  ])("marks a phase of which %i tenths are in the downtime: %s", (tenths, isMarked) => {
    const { stopped, running } = microvm.downtime;
    const length = 10_000_000n;
    // At the start of the downtime, and at its end.
    const starts = [stopped! - (10n - tenths) * (length / 10n), running! - tenths * (length / 10n)];
    const phases = starts.map((start) => ({ name: "a", state: "", start, end: start + length }));
    const page = htmlReport({ ...microvm, phases });
    const strip = /<ol class="strip".*?<\/ol>/s.exec(page)![0];
    const marked = [...strip.matchAll(/<li [^>]*class="down"/g)];
    expect(marked).toHaveLength(isMarked ? 2 : 0);
  });
});

describe("what pairs with nothing", () => {
  test.each([1, 199, 200, 201, 450])("of %i lines, up to 200 are shown", (count) => {
    const strays = Array.from({ length: count }, (_, index) => ({
      ...{ key: `key ${index}`, events: "a, b", at: microvm.begin! + BigInt(index) * 1_000_000n },
    }));
    const analysis = { ...microvm, source: { ...microvm.source!, strays } };
    const section = sectionOf(htmlReport(analysis), "unpaired")!;
    const lines = [...section.matchAll(/<li>(.*?)<\/li>/gs)].map(([, line]) => plain(line!));
    expect(lines).toHaveLength(Math.min(200, count));
    for (const [index, line] of lines.entries())
      expect(line).toBe(
        `source at ${index}.000 ms: key ${index} (a, b): no such item in the stream`,
      );
    expect(/and (\d+) more/.exec(section)?.[1]).toBe(count > 200 ? String(count - 200) : undefined);
  });
});

test("attempts have a row each, and the one that is shown a mark", () => {
  const begin = 7_000_000_000n;
  const attempts = [
    { number: 1, start: begin, end: begin + 1_500_000n, state: "failed", bytes: 2048 },
    { number: 2, start: begin + 90_000_000n, end: undefined, state: undefined, bytes: undefined },
  ];
  const page = htmlReport({ ...microvm, attempts, attempt: { number: 2, of: 2 } });
  expect(tablesOf(sectionOf(page, "attempts"))[0]!.rows.map(({ cells }) => cells)).toEqual([
    ["1", "0 µs", "1.500 ms", "failed", "2.00 KiB", ""],
    ["2", "90.000 ms", "–", "unknown", "–", "shown here"],
  ]);
  expect(factsOf(page)["Total time"]![1]).toContain("attempt 2 of 2");
  const [only] = attempts;
  expect(sectionOf(htmlReport({ ...microvm, attempts: [only!] }), "attempts")).toBeUndefined();
});

describe("postcopy", () => {
  const analysis = postcopyFaults();
  const page = htmlReport(analysis);
  const section = sectionOf(page, "postcopy")!;
  const waits = analysis.postcopy!.requests.flatMap(({ faulted, arrived, block, offset }) =>
    faulted === undefined || arrived === undefined
      ? []
      : [{ name: `${block} 0x${offset.toString(16)}`, start: faulted, took: arrived - faulted }],
  );
  const sorted = waits.map(({ took }) => Number(took)).sort((a, b) => a - b);

  test("has its facts", () => {
    const facts = factsOf(section);
    const { start, end, requests, blocked } = analysis.postcopy!;
    expectFigure(facts.Lasted![0], end! - start!);
    expectFigure(facts.Faults![0], requests.length);
    expectFigure(facts["Guest waited"]![0], blocked);
    // Nearest rank: the least value that the share of all does not exceed.
    const rank = (share: number) => sorted[Math.ceil(sorted.length * share) - 1]!;
    expectFigure(facts["Latency, median"]![0], rank(0.5));
    const [, most, longest] = /^95 % within (.*), longest (.*)$/.exec(
      facts["Latency, median"]![1],
    )!;
    expectFigure(most, rank(0.95));
    expectFigure(longest, sorted.at(-1));
    const requested = requests.filter(({ kind }) => kind === "requested");
    const before = requested.filter(({ sentBefore }) => sentBefore);
    expect(facts.Faults![1]).toBe(
      `${requested.length} asked of the source, ${before.length} of them on their way already`,
    );
  });

  test("has how many waits were below each power of two, with bars as long", () => {
    const { rows } = captioned(section, "Latency")!;
    const counts = rows.map(({ cells }) => Number(cells[1]));
    let from = 0;
    for (const [index, { cells, share }] of rows.entries()) {
      const { value } = readFigure(cells[0]!);
      // The figure is rounded, the bound itself is 16 µs times a power of two.
      const to = 16_000 * 2 ** Math.round(Math.log2(value / 16_000));
      expect(counts[index]).toBe(sorted.filter((took) => took >= from && took < to).length);
      expect(share).toBeCloseTo(counts[index]! / Math.max(...counts), 5);
      from = to;
    }
    expect(counts.reduce((sum, count) => sum + count)).toBe(sorted.length);
  });

  test("has the twelve longest waits, the longest first", () => {
    const rows = captioned(section, "Waited longest")!.rows as HtmlRow[];
    const longest = [...waits].sort((a, b) => (a.took < b.took ? 1 : -1)).slice(0, 12);
    expect(rows.map(({ cells }) => cells[0])).toEqual(longest.map(({ name }) => name));
    const origin = Number(rows[0]!.cells[1]) * 1e6 - Number(longest[0]!.start);
    for (const [index, { took, start }] of longest.entries()) {
      expectFigure(rows[index]!.cells[2], took);
      const from = Number(rows[index]!.cells[1]) * 1e6;
      expect(Math.abs(from - Number(start) - origin)).toBeLessThanOrEqual(1001);
    }
  });

  test("gives the script every wait, in order", () => {
    const { faults, strings } = dataOf(page);
    const ordered = [...waits].sort((a, b) => (a.start < b.start ? -1 : 1));
    expect(faults.durations).toEqual(ordered.map(({ took }) => Number(took)));
    expect(
      faults.blocks.map((block: number, index: number) => {
        return `${strings[block]} 0x${faults.offsets[index].toString(16)}`;
      }),
    ).toEqual(ordered.map(({ name }) => name));
    const starts = summedUp(faults.starts);
    const since = ordered.map(({ start }) => Number(start - ordered[0]!.start));
    expect(starts.map((start) => start - starts[0]!)).toEqual(since);
  });
});

describe("the data for the script", () => {
  test("has each item's place and times", () => {
    const data = dataOf(htmlReport(microvm));
    expect(summedUp(data.items.offsets)).toEqual(microvm.items.map(({ item }) => item.offset));
    expect(data.items.sizes).toEqual(microvm.items.map(({ item }) => item.size));
    expect(data.items.labels.map((label: number) => data.strings[label])).toEqual(
      microvm.items.map(({ label }) => label),
    );
    for (const side of SIDES) {
      const pairings = microvm.items.map((item) => item[side]);
      const paired = pairings.filter((pairing) => pairing.status === "paired");
      const since = (time: bigint) => Number(time - microvm.begin!);
      expect(data.items[side].statuses).toBe(
        pairings.map(({ status }) => ({ paired: "p", untraced: "u" })[status as string]).join(""),
      );
      expect(summedUp(data.items[side].starts)).toEqual(paired.map(({ start }) => since(start)));
      expect(data.items[side].durations).toEqual(
        paired.map(({ start, end }) => Number(end - start)),
      );
    }
    const { stopped, running, checkpoints } = microvm.downtime;
    const since = (time: bigint) => Number(time - microvm.begin!);
    expect(data.downtime).toEqual([since(stopped!), since(running!)]);
    expect(data.checkpoints.map(({ at }: { at: number }) => at)).toEqual(
      checkpoints.map(({ at }) => since(at)),
    );
    const times = SIDES.flatMap((side) =>
      microvm.items.flatMap(({ [side]: p }) => (p.status === "paired" ? [p.start, p.end] : [])),
    );
    const whole = intervalOf([
      ...times,
      microvm.begin,
      ...checkpoints.map(({ at }) => at),
      running,
    ]);
    expect([data.start, data.end]).toEqual([since(whole.start), since(whole.end)]);
  });

  test("has how far the clocks may shift the sides against each other", () => {
    const clocks = { ...microvm.clocks!, offset: 1000n, lower: 300n, upper: 5000n };
    expect(dataOf(htmlReport(microvm)).slack).toEqual([0, 0]);
    expect(dataOf(htmlReport({ ...microvm, clocks })).slack).toEqual([4000, 700]);
    const unknown = { ...clocks, lower: undefined };
    expect(dataOf(htmlReport({ ...microvm, clocks: unknown })).slack).toEqual([0, 0]);
  });

  test("has the destination's times by its own clock where the clocks cannot be compared", () => {
    const data = dataOf(htmlReport(apart));
    expect(data.placed).toBe(false);
    expect(data.items.destination.starts[0]).toBe(0);
  });

  test("has the bytes read, from item to item", () => {
    const { bytes } = dataOf(htmlReport(microvm));
    const read = bytes.find(({ name }: { name: string }) => name === "read by the destination");
    const points = microvm.items.flatMap(({ item, destination }) =>
      destination.status === "paired"
        ? [
            [Number(destination.start - microvm.begin!), item.offset],
            [Number(destination.end - microvm.begin!), item.offset + item.size],
          ]
        : [],
    );
    expect(summedUp(read.times)).toEqual(points.map(([at]) => at));
    expect(summedUp(read.bytes)).toEqual(points.map(([, count]) => count));
    const sent = bytes.find(({ side }: { side: Side }) => side === "source");
    expect(summedUp(sent.times)).toEqual(microvm.sent.map(({ at }) => Number(at - microvm.begin!)));
    expect(summedUp(sent.bytes)).toEqual(microvm.sent.map((point) => point.bytes));
  });

  test("has no fewer bytes read later, where items overlap", () => {
    const at = (start: bigint, end: bigint): SidePairing => ({
      ...{ status: "paired", how: "" },
      ...{ start: microvm.begin! + start, end: microvm.begin! + end },
    });
    const [first, second] = madeSections(2, microvm.begin!);
    // The first one, of bytes 0 to 90, ends after the second one, of bytes 100 to 190, has started.
    const items = [
      { ...first!, destination: at(1000n, 5000n) },
      { ...second!, destination: at(2000n, 9000n) },
    ];
    const { bytes } = dataOf(htmlReport({ ...microvm, items }));
    const read = bytes.find(({ name }: { name: string }) => name === "read by the destination");
    expect(summedUp(read.times)).toEqual([1000, 2000, 5000, 9000]);
    expect(summedUp(read.bytes)).toEqual([0, 100, 100, 190]);
  });
});
