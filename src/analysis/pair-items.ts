import type { SectionItem, SectionType, StreamItem } from "../migration/wire/stream-item.js";
import type { SidePairing } from "./account.js";
import { align } from "./align.js";
import {
  continuedSectionKey,
  DESTINATION_CONFIGURATION,
  DESTINATION_EOF,
  destinationCommandKey,
  headedSectionKey,
} from "./destination-marks.js";
import type { Mark } from "./mark.js";
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
}

/** What an item should find in a side's trace: a mark of a key, or nothing, and why. */
type Expectation = { readonly key: string } | { readonly why: string };

/** Pairs items with what the source's trace tells, by order and key. */
export function pairWithSource(items: readonly StreamItem[], marks: readonly Mark[]): SidePairs {
  let lastStart: number | undefined;
  const expectations = items.map((item, index): Expectation => {
    const first = item.type === "section-start" && lastStart === undefined;
    if (first) lastStart = index;
    return expectAtSource(item, first);
  });
  const pairs = pairSide([packagedFirst(items)], expectations, marks);
  return lastStart === undefined ? pairs : shareSetup(items, pairs, lastStart);
}

/** Pairs items with what the destination's trace tells, by order and key. */
export function pairWithDestination(
  items: readonly StreamItem[],
  marks: readonly Mark[],
): SidePairs {
  return pairSide(threads(items), items.map(expectAtDestination), marks);
}

/** The source fills a package first and sends the command behind it: indices in that order. */
function packagedFirst(items: readonly StreamItem[]): number[] {
  const order: number[] = [];
  const waiting: number[] = [];
  for (const [index, item] of items.entries()) {
    if (item.depth === 0) order.push(...waiting.splice(0));
    if (item.type === "command" && item.command.name === "PACKAGED") waiting.push(index);
    else order.push(index);
  }
  return [...order, ...waiting];
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

/** Aligns each sequence of items in turn with the marks that those before it have left. */
function pairSide(
  sequences: readonly (readonly number[])[],
  expectations: readonly Expectation[],
  marks: readonly Mark[],
): SidePairs {
  const found = new Map<number, Mark>();
  let left = marks;
  for (const sequence of sequences) left = pairSequence(sequence, expectations, left, found);
  return {
    pairings: expectations.map((expectation, index) => pairing(expectation, found.get(index))),
    marks: expectations.map((_, index) => found.get(index)),
    strays: left,
  };
}

/** Notes the marks of a sequence of items in `found`; gives the marks that are left. */
function pairSequence(
  sequence: readonly number[],
  expectations: readonly Expectation[],
  marks: readonly Mark[],
  found: Map<number, Mark>,
): readonly Mark[] {
  const expecting = sequence.filter((index) => "key" in expectations[index]!);
  const keys = expecting.map((index) => (expectations[index] as { key: string }).key);
  const used = new Set<number>();
  for (const [left, right] of align(
    keys,
    marks.map((mark) => mark.key),
  )) {
    found.set(expecting[left]!, marks[right]!);
    used.add(right);
  }
  return marks.filter((_, index) => !used.has(index));
}

function pairing(expectation: Expectation, mark: Mark | undefined): SidePairing {
  if ("why" in expectation) return { status: "untraced", why: expectation.why };
  if (!mark) return { status: "missing" };
  return { status: "paired", start: mark.start, end: mark.end, how: `${mark.events}, in order` };
}

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

const sectionNumbers: Readonly<Record<SectionType, number>> = {
  "section-start": 1,
  "section-part": 2,
  "section-end": 3,
  "section-full": 4,
};

function destinationSectionKey(item: SectionItem): string {
  const number = sectionNumbers[item.type];
  const headed = item.type === "section-start" || item.type === "section-full";
  return headed
    ? headedSectionKey(number, item.sectionId, item.idstr)
    : continuedSectionKey(number, item.sectionId);
}
