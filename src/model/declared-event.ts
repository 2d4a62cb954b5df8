import { isVoid } from "../../grammar/argument-problem.js";
import type { ArgumentNode, EventNode } from "../../grammar/ast.js";
import { printEvent } from "../../grammar/print.js";
import { bindFormat } from "./bind-format.js";
import { type DataModel, resolveType } from "./c-type.js";
import type { ArgumentModel, EventModel, FormatModel } from "./event-model.js";

const none: readonly string[] = [];

/**
 * An event as its line declares it. Formats are taken apart when they are asked for: who decodes a
 * trace wants those of the events in it, out of thousands.
 */
export class DeclaredEvent implements EventModel {
  readonly group: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly properties: readonly string[];
  readonly arguments: readonly ArgumentModel[];
  readonly place: EventModel["place"];
  readonly #node: EventNode;
  readonly #dataModel: DataModel;
  #format: FormatModel | undefined;

  constructor(node: EventNode, group: string, place: EventModel["place"], dataModel: DataModel) {
    this.group = group;
    this.name = node.name.text;
    this.properties =
      node.properties.length === 0 ? none : node.properties.map((property) => property.text);
    this.disabled = this.properties !== none && this.properties.includes("disable");
    this.arguments = buildArguments(node.arguments, dataModel);
    this.place = place;
    this.#node = node;
    this.#dataModel = dataModel;
  }

  get format(): FormatModel | undefined {
    const node = this.#node.formats.at(-1);
    if (node) this.#format ??= bindFormat(node, this.arguments.length, this.#dataModel);
    return this.#format;
  }

  get declaration(): string {
    return printEvent(this.#node);
  }
}

function buildArguments(nodes: readonly ArgumentNode[], dataModel: DataModel): ArgumentModel[] {
  if (nodes.length === 1 && isVoid(nodes[0]!)) return [];
  return nodes.map(({ name, type: node }) => {
    const type = resolveType(node, dataModel);
    return { name: name?.text ?? "", type, wire: type.kind === "string" ? "string" : "u64" };
  });
}
