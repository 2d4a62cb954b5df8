import type { EventModel } from "../../model/event-model.js";

/** What a change breaks, the worst first. */
export const breakingLevels = ["wire", "source", "text"] as const;

/**
 * - `wire`: a trace of one version is misread by the other's declarations, and nobody is told;
 * - `source`: what names the event, or calls its tracer, must be changed; a trace that has it is
 *   refused, or read as it was;
 * - `text`: the event prints otherwise.
 */
export type BreakingLevel = (typeof breakingLevels)[number];

/** What each kind of change breaks; an event that is new breaks nothing. */
export const levelOfChange = {
  /** Its record has other fields: strings where numbers were, more of them, or fewer. */
  "layout-changed": "wire",
  /** The same arguments in another order: each is read as another. */
  "arguments-reordered": "wire",
  removed: "source",
  /** Gone, and there is a new one with the same arguments and a name that is near. */
  renamed: "source",
  /** The same name, in another group. */
  moved: "source",
  /** Other types in the same record: a number of another width, or sign. */
  "types-changed": "source",
  "arguments-renamed": "text",
  "format-changed": "text",
  added: undefined,
} as const satisfies Readonly<Record<string, BreakingLevel | undefined>>;

export type ChangeKind = keyof typeof levelOfChange;

/** How an event differs between two versions: the worst of its differences. */
export type Change =
  | { readonly kind: "removed"; readonly before: EventModel; readonly after?: undefined }
  | { readonly kind: "added"; readonly before?: undefined; readonly after: EventModel }
  | {
      readonly kind: Exclude<ChangeKind, "removed" | "added">;
      readonly before: EventModel;
      readonly after: EventModel;
    };

/** Whether a change breaks what a level promises, or something worse. */
export function breaks({ kind }: Change, level: BreakingLevel): boolean {
  const broken = levelOfChange[kind];
  return broken !== undefined && breakingLevels.indexOf(broken) <= breakingLevels.indexOf(level);
}
