import { isVoid } from "../../grammar/argument-problem.js";
import type { ArgumentNode, EventNode } from "../../grammar/ast.js";
import type { ParseResult } from "../../grammar/parse.js";
import { printEvent } from "../../grammar/print.js";
import { bindFormat } from "./bind-format.js";
import { type DataModel, resolveType } from "./c-type.js";
import type { ArgumentModel, EventModel } from "./event-model.js";

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
  const properties = node.properties.map((property) => property.text);
  const declared = node.arguments.filter((argument) => !isVoid(argument));
  const format = node.formats.at(-1);
  return {
    group,
    name: node.name.text,
    disabled: properties.includes("disable"),
    properties,
    arguments: declared.map((argument) => buildArgument(argument, dataModel)),
    format: format && bindFormat(format, declared.length, dataModel),
    declaration: printEvent(node),
    place,
  };
}

function buildArgument({ name, type: node }: ArgumentNode, dataModel: DataModel): ArgumentModel {
  const type = resolveType(node, dataModel);
  return { name: name?.text ?? "", type, wire: type.kind === "string" ? "string" : "u64" };
}
