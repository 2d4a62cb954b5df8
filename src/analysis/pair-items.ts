import { isSection, type SectionItem, type StreamItem } from "../migration/wire/stream-item.js";
import type { SidePairing } from "./account.js";
import { type AlignmentBudget, align } from "./align.js";
import {
  continuedSectionKey,
  DESTINATION_CONFIGURATION,
  DESTINATION_EOF,
  destinationCommandKey,
  headedSectionKey,
} from "./destination-marks.js";
import type { Mark } from "./mark.js";
import { byTime } from "./moments.js";
import { postcopyBegin } from "./postcopy-begin.js";
import { isDevice, savesDevicesFirst } from "./saves-devices-first.js";
import type { SentBytes } from "./sent-bytes.js";
import {
  SOURCE_CONFIGURATION,
  SOURCE_SETUP,
  sourceCommandKey,
  sourceSectionKey,
} from "./source-marks.js";

/** The pairing of all items with the marks of one side. */
export interface SidePairs {
  /** An entry an item, in their order. */
  readonly pairings: readonly SidePairing[];
  /** The marks of the items, where there is one. */
  readonly marks: readonly (Mark | undefined)[];
  readonly strays: readonly Mark[];
  /** The key of each item's mark; undefined of items that QEMU traces nothing of. */
  readonly keys: readonly (string | undefined)[];
  /** Whether the alignment was given up: what is not matched then can still belong together. */
  readonly givenUp: boolean;
}

/** What an item should find in a side's trace: a mark of a key, or nothing, and why. */
type Expectation = { readonly key: string } | { readonly why: string };

/** What is held back at most where a section of RAM begins: the source flushes behind each. */
const HELD_BACK = 65536;

/**
 * Pairs items with what the source's trace tells, by order and key; of RAM's sections, which look
 * alike, the bytes that had gone tell which is which.
 */
export function pairWithSource(
  items: readonly StreamItem[],
  marks: readonly Mark[],
  sent: SentBytes,
  budget: AlignmentBudget,
): SidePairs {
  let lastStart: number | undefined;
  const expectations = items.map((item, index): Expectation => {
    const first = item.type === "section-start" && lastStart === undefined;
    if (first) lastStart = index;
    return expectAtSource(item, first);
  });
  const precopy = new Set(items.slice(0, postcopyBegin(items)));
  const recent = recentlyCounted(marks, sent);
  const fits = (item: StreamItem, mark: Mark) =>
    hasValue(item, mark) &&
    (!precopy.has(item) || (isPlausiblySent(item, mark, sent, recent.has(mark)) ?? true));
  const first = marks.find(({ key }) => key.startsWith("section "))?.key;
  const order = savesDevicesFirst(items, first) ? devicesFirst(items) : packagedFirst(items);
  const pairs = pairSide(items, [order], expectations, marks, [fits, hasValue], budget);
  return lastStart === undefined ? pairs : shareSetup(items, pairs, lastStart);
}

/**
 * Whether a section of RAM can be what the source was at by then, by the bytes that had gone; undefined
 * where nothing shows it. An old count says only what had gone at least.
 */
function isPlausiblySent(
  item: StreamItem,
  mark: Mark,
  sent: SentBytes,
  recent: boolean,
): boolean | undefined {
  if (!isContinued(item) || item.depth > 0) return undefined;
  const gone = sent.bytesAt(mark.start);
  if (gone === undefined) return undefined;
  return gone <= item.offset && (!recent || item.offset - gone <= HELD_BACK);
}

/** The marks before which bytes were counted since the mark before them. */
function recentlyCounted(marks: readonly Mark[], sent: SentBytes): ReadonlySet<Mark> {
  return new Set(
    marks.filter((mark, index) => {
      const before = marks[index - 1];
      return before !== undefined && sent.isRecent(before.end, mark.start);
    }),
  );
}

/**
 * How many sections of RAM are at an offset that the source's count of bytes allows. Only a count since
 * the item before is evidence: an older one says nothing of what was sent in between.
 */
export function sectionsThatFit(
  items: readonly StreamItem[],
  pairs: SidePairs,
  sent: SentBytes,
): { readonly counted: number; readonly wrong: number } {
  const precopy = items.slice(0, postcopyBegin(items));
  const recent = recentlyCounted(allMarks(pairs), sent);
  const checked = precopy.flatMap((item, index) => {
    const mark = pairs.marks[index];
    if (!mark || !recent.has(mark)) return [];
    return isPlausiblySent(item, mark, sent, true) ?? [];
  });
  return { counted: checked.length, wrong: checked.filter((fits) => !fits).length };
}

/** All marks of a side, in the order of time. */
function allMarks({ marks, strays }: SidePairs): readonly Mark[] {
  const matched = marks.filter((mark) => mark !== undefined);
  return [...new Set([...matched, ...strays])].sort((a, b) => byTime(a.start, b.start));
}

/**
 * Pairs items with what the destination's trace tells, by order and key; of RAM's sections the
 * destination counts which it is.
 */
export function pairWithDestination(
  items: readonly StreamItem[],
  marks: readonly Mark[],
  budget: AlignmentBudget,
): SidePairs {
  const ramLoads = countRamLoads(items);
  // QEMU counts on from what the process loaded before: the START tells where this stream begins.
  const first = marks.find(({ key }) => key.endsWith(" ram"))?.ramLoad ?? 1;
  const fits = (item: StreamItem, mark: Mark) =>
    hasValue(item, mark) &&
    (mark.ramLoad === undefined || canBeLoad(mark.ramLoad - first + 1, ramLoads.get(item)));
  const configured = marks.some(({ key }) => key === DESTINATION_CONFIGURATION);
  const expectations = items.map(
    (item): Expectation =>
      item.type === "configuration" && !configured
        ? { why: "vmstate_load_state, which shows it, was not traced" }
        : expectAtDestination(item),
  );
  return pairSide(items, threads(items), expectations, marks, [fits, hasValue], budget);
}

interface RamLoad {
  /** How many sections of RAM the stream has up to this one. */
  readonly count: number;
  /** How many connections had been lost by then, each perhaps within a section, which was counted. */
  readonly lost: number;
}

function countRamLoads(items: readonly StreamItem[]): ReadonlyMap<StreamItem, RamLoad> {
  const loads = new Map<StreamItem, RamLoad>();
  // Of a connection that went on after another one, nothing tells how many came before.
  let lost = postcopyBegin(items) === 0 ? Number.POSITIVE_INFINITY : 0;
  // The items that only a source's trace shows lack the START, which is loaded first.
  const unseen = items.some((item) => isRam(item) && item.type === "section-start") ? 0 : 1;
  for (const item of items) {
    if (item.type === "command" && item.command.name === "POSTCOPY_RESUME") lost += 1;
    if (isRam(item)) loads.set(item, { count: loads.size + (lost > 0 ? 1 : 1 + unseen), lost });
  }
  return loads;
}

function canBeLoad(counted: number, load: RamLoad | undefined): boolean {
  return load !== undefined && counted >= load.count && counted <= load.count + load.lost;
}

/** Whether an item has the value that its mark tells, if it tells one. */
function hasValue(item: StreamItem, { ping }: Mark): boolean {
  return ping === undefined || ping === pingOf(item);
}

function pingOf(item: StreamItem): number | undefined {
  return item.type === "command" && item.command.name === "PING" ? item.command.value : undefined;
}

function isContinued({ type }: StreamItem): boolean {
  return type === "section-part" || type === "section-end";
}

function isRam(item: StreamItem): boolean {
  return isSection(item) && item.idstr === "ram";
}

/** The source fills a package first and sends the command behind it: indices in that order. */
function packagedFirst(items: readonly StreamItem[]): number[] {
  const order: number[] = [];
  const waiting: number[] = [];
  for (const [index, item] of items.entries()) {
    if (item.depth === 0) for (const at of waiting.splice(0)) order.push(at);
    if (item.type === "command" && item.command.name === "PACKAGED") waiting.push(index);
    else order.push(index);
  }
  return [...order, ...waiting];
}

/** Indices of the items, those of devices before those of memory. */
function devicesFirst(items: readonly StreamItem[]): number[] {
  const indices = [...items.keys()];
  const [devices, others] = [indices.filter(isDeviceAt), indices.filter((at) => !isDeviceAt(at))];
  const memory = others.findIndex((at) => isContinued(items[at]!));
  return [...others.slice(0, memory), ...devices, ...others.slice(memory)];

  function isDeviceAt(at: number): boolean {
    return isDevice(items[at]!);
  }
}

/**
 * What one thread of the destination reads after another. Postcopy starts a second one in the
 * middle of the package: it reads on behind the package while the first still loads devices.
 */
function threads(items: readonly StreamItem[]): number[][] {
  const packaged = items.findLastIndex((item) => item.depth > 0);
  const indices = [...items.keys()];
  return packaged < 0 ? [indices] : [indices.slice(0, packaged + 1), indices.slice(packaged + 1)];
}

/**
 * Aligns each sequence of items in turn with the marks that those before it have left: first where
 * all that is known fits, in later passes with less care.
 */
function pairSide(
  items: readonly StreamItem[],
  sequences: readonly (readonly number[])[],
  expectations: readonly Expectation[],
  marks: readonly Mark[],
  passes: readonly ((item: StreamItem, mark: Mark) => boolean)[],
  budget: AlignmentBudget,
): SidePairs {
  const found = new Map<number, Mark>();
  const order = new Map(marks.map((mark, index) => [mark, index]));
  let left = marks;
  let givenUp = false;
  for (const fits of passes) {
    for (const sequence of sequences) {
      const expecting = sequence.filter((index) => "key" in expectations[index]!);
      const open = expecting.filter((index) => !found.has(index));
      if (givenUp || open.length === 0 || left.length === 0) continue;
      const { lows, highs } = boundsOf(expecting, items.length, (index) => {
        const mark = found.get(index);
        return mark && order.get(mark);
      });
      const may = (index: number, mark: Mark) => {
        const at = order.get(mark)!;
        return lows[index]! < at && at < highs[index]! && fits(items[index]!, mark);
      };
      const keys = open.map((index) => (expectations[index] as { key: string }).key);
      const names = left.map((mark) => mark.key);
      const used = new Set<number>();
      const aligned = align(keys, names, (x, y) => may(open[x]!, left[y]!), budget);
      givenUp = aligned === undefined;
      for (const [i, j] of aligned ?? []) {
        found.set(open[i]!, left[j]!);
        used.add(j);
      }
      left = left.filter((_, index) => !used.has(index));
    }
  }
  return {
    pairings: expectations.map((expectation, index) => pairing(expectation, found.get(index))),
    marks: expectations.map((_, index) => found.get(index)),
    strays: left,
    keys: expectations.map((expectation) => ("key" in expectation ? expectation.key : undefined)),
    givenUp,
  };
}

/** Between which places each item's can be, so that it stands in order with those that have theirs. */
function boundsOf(
  sequence: readonly number[],
  length: number,
  placeOf: (index: number) => number | undefined,
): { readonly lows: Float64Array; readonly highs: Float64Array } {
  const lows = new Float64Array(length);
  const highs = new Float64Array(length);
  let high = Number.POSITIVE_INFINITY;
  for (const index of sequence.toReversed()) {
    highs[index] = high;
    high = placeOf(index) ?? high;
  }
  let low = -1;
  for (const index of sequence) {
    lows[index] = low;
    low = placeOf(index) ?? low;
  }
  return { lows, highs };
}

function pairing(expectation: Expectation, mark: Mark | undefined): SidePairing {
  if ("why" in expectation) return { status: "untraced", why: expectation.why };
  if (!mark) return { status: "missing" };
  const { start, end, next, isOpen, startIs, events } = mark;
  const how = `${events}, in order`;
  if (startIs === "late" || (isOpen && next === undefined)) {
    return { status: "paired", start, end, interval: "open", how: `${how}; ${OPEN}` };
  }
  const until = isOpen ? next! : end;
  if (isOpen || startIs) {
    return { status: "paired", start, end: until, interval: "bound", how: `${how}; ${BOUND}` };
  }
  return { status: "paired", start, end, how };
}

const OPEN = "an event that starts or ends it is missing: it took longer";
const BOUND = "an event that starts or ends it is missing: it took at most this long";

/** The START sections behind the first have the one event that QEMU traces for all of them. */
function shareSetup(items: readonly StreamItem[], pairs: SidePairs, first: number): SidePairs {
  const shared = pairs.pairings[first]!;
  const pairings = pairs.pairings.map((own, index) =>
    items[index]!.type === "section-start" ? shared : own,
  );
  return { ...pairs, pairings };
}

function expectAtSource(item: StreamItem, firstStart: boolean): Expectation {
  switch (item.type) {
    case "configuration":
      return { key: SOURCE_CONFIGURATION };
    case "command":
      return { key: sourceCommandKey(item.number) };
    case "section-start":
      return firstStart ? { key: SOURCE_SETUP } : { why: "shares the event of the first START" };
    case "section-part":
    case "section-end":
    case "section-full":
      return { key: sourceSectionKey(item.sectionId, item.idstr) };
    default:
      return { why: "QEMU traces no event where the source writes it" };
  }
}

function expectAtDestination(item: StreamItem): Expectation {
  switch (item.type) {
    case "configuration":
      return { key: DESTINATION_CONFIGURATION };
    case "command":
      return { key: destinationCommandKey(item.command.name) };
    case "eof":
      return { key: DESTINATION_EOF };
    case "vm-description":
      return { why: "QEMU traces no event where the destination reads it" };
    default:
      return { key: destinationSectionKey(item) };
  }
}

function destinationSectionKey({ type, sectionId, idstr }: SectionItem): string {
  const headed = type === "section-start" || type === "section-full";
  return headed ? headedSectionKey(sectionId, idstr) : continuedSectionKey(sectionId);
}
