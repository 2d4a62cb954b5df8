import type { EventNode } from "../../grammar/ast.js";
import type { ParseResult } from "../../grammar/parse.js";
import type { DataModel } from "./c-type.js";
import { DeclaredEvent } from "./declared-event.js";
import type { EventModel } from "./event-model.js";

export interface ModelOptions {
  /** The group that the events belong to. */
  readonly group: string;
  /** Widths of C's types; LP64 unless told. */
  readonly dataModel?: DataModel;
}

/** The events of a parsed file, in its order. Broken lines are left out: the parser has told them. */
export function buildModel(
  { file, source }: ParseResult,
  { group, dataModel = "LP64" }: ModelOptions,
): EventModel[] {
  const events: EventModel[] = [];
  file.lines.forEach((node, index) => {
    if (node.kind !== "event") return;
    events.push(buildEventModel(node, group, { file: source.name, line: index + 1 }, dataModel));
  });
  return events;
}

/** One event of its node. */
export function buildEventModel(
  node: EventNode,
  group: string,
  place: EventModel["place"],
  dataModel: DataModel = "LP64",
): EventModel {
  return new DeclaredEvent(node, group, place, dataModel);
}
