import type { EventModel } from "../../model/event-model.js";
import { wireShape } from "../../model/event-table.js";
import { breakingLevels, type Change, levelOfChange } from "./change.js";
import { findRenames } from "./find-renames.js";
import { pairEvents } from "./pair-events.js";

/**
 * What has changed between two versions' events, the worst first, then by group and name. An event
 * is known by its group and name; one that is in another group now is still the same.
 */
export function compareEvents(
  before: readonly EventModel[],
  after: readonly EventModel[],
): Change[] {
  const { pairs, removed, added } = pairEvents(before, after);
  const renames = findRenames(removed, added);
  const renamed = new Set(renames.flatMap(({ before: old, after: young }) => [old, young]));
  const changes: Change[] = [
    ...pairs.flatMap(([old, young]) => compareEvent(old, young) ?? []),
    ...renames,
    ...removed
      .filter((event) => !renamed.has(event))
      .map((event): Change => ({ kind: "removed", before: event })),
    ...added
      .filter((event) => !renamed.has(event))
      .map((event): Change => ({ kind: "added", after: event })),
  ];
  return changes.sort((a, b) => rank(a) - rank(b) || compareNames(subject(a), subject(b)));
}

/** The event that a change is about: the old one, unless there was none. */
function subject({ before, after }: Change): EventModel {
  return (before ?? after)!;
}

function rank({ kind }: Change): number {
  const level = levelOfChange[kind];
  return level ? breakingLevels.indexOf(level) : breakingLevels.length;
}

function compareNames(a: EventModel, b: EventModel): number {
  const [left, right] = [`${a.group} ${a.name}`, `${b.group} ${b.name}`];
  return left < right ? -1 : Number(left > right);
}

/** The worst difference between two versions of an event; undefined if there is none. */
export function compareEvent(before: EventModel, after: EventModel): Change | undefined {
  const types = ({ arguments: args }: EventModel) => args.map(({ type }) => type.spelling);
  const names = ({ arguments: args }: EventModel) => args.map(({ name }) => name);
  const differ = (part: (event: EventModel) => readonly string[]) =>
    part(before).join() !== part(after).join();

  if (wireShape(before) !== wireShape(after)) return { kind: "layout-changed", before, after };
  if (differ(names) && !differ((event) => names(event).sort())) {
    return { kind: "arguments-reordered", before, after };
  }
  if (before.group !== after.group) return { kind: "moved", before, after };
  if (differ(types)) return { kind: "types-changed", before, after };
  if (differ(names)) return { kind: "arguments-renamed", before, after };
  if (differ(printed)) return { kind: "format-changed", before, after };
  return undefined;
}

/** What an event prints, the widths of its conversions left to their types. */
function printed({ format }: EventModel): string[] {
  return (format?.pieces ?? []).map((piece) => JSON.stringify(piece));
}
