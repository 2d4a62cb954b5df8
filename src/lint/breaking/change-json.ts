import type { EventModel } from "../../model/event-model.js";
import {
  type BreakingLevel,
  breakingLevels,
  breaks,
  type Change,
  type ChangeKind,
  levelOfChange,
} from "./change.js";

/** What `qtrace breaking --format json` prints; docs/breaking.md tells its meaning. */
export interface BreakingJson {
  readonly level: BreakingLevel;
  /** Whether any change breaks that level. */
  readonly breaking: boolean;
  /** How many changes break each level, and how many events are new. */
  readonly counts: Readonly<Record<BreakingLevel | "added", number>>;
  readonly changes: readonly ChangeJson[];
}

export interface ChangeJson {
  readonly kind: ChangeKind;
  /** What the change breaks; null where it breaks nothing. */
  readonly level: BreakingLevel | null;
  readonly before: DeclarationJson | null;
  readonly after: DeclarationJson | null;
}

export interface DeclarationJson {
  readonly group: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly declaration: string;
}

/** All changes, whichever level was asked for. */
export function breakingJson(changes: readonly Change[], level: BreakingLevel): BreakingJson {
  return {
    level,
    breaking: changes.some((change) => breaks(change, level)),
    counts: countChanges(changes),
    changes: changes.map(({ kind, before, after }) => ({
      kind,
      level: levelOfChange[kind] ?? null,
      before: before ? declarationJson(before) : null,
      after: after ? declarationJson(after) : null,
    })),
  };
}

/** How many changes break each level by themselves, and how many events are new. */
export function countChanges(changes: readonly Change[]): BreakingJson["counts"] {
  const count = (level: BreakingLevel | undefined) =>
    changes.filter(({ kind }) => levelOfChange[kind] === level).length;
  const [wire, source, text] = breakingLevels.map(count) as [number, number, number];
  return { wire, source, text, added: count(undefined) };
}

function declarationJson({ group, name, place, declaration }: EventModel): DeclarationJson {
  return { group, name, file: place.file, line: place.line, declaration };
}
