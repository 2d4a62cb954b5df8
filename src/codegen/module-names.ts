import type { EventModel } from "../model/event-model.js";
import { identifier } from "./escape.js";

/** The names that a generated module declares for a group and its events, each only once. */
export class ModuleNames {
  readonly #taken: Set<string>;

  /** `imported` are the names that the module may import. */
  constructor(imported: readonly string[]) {
    this.#taken = new Set(imported);
  }

  /** The group's own constant, such as `hwNetGroup`. */
  group(group: string): string {
    const pascal = pascalCase(group);
    return this.#free(`${pascal.charAt(0).toLowerCase()}${pascal.slice(1)}Group`);
  }

  /** The union of a group's records, such as `HwNetRecord`. */
  union(group: string): string {
    return this.#free(`${pascalCase(group)}Record`);
  }

  /** The type of an event's records, such as `RunstateSetRecord`. */
  record({ name }: EventModel): string {
    return this.#free(`${pascalCase(name)}Record`);
  }

  /** The name by which C knows the event's state: `TRACE_` and the event's name in capitals. */
  state({ name }: EventModel): string {
    return this.#free(`TRACE_${name.toUpperCase()}`);
  }

  /** Events that differ only in case or in `_` would get the same names. */
  #free(wanted: string): string {
    let name = wanted;
    while (this.#taken.has(name)) name += "_";
    this.#taken.add(name);
    return identifier(name);
  }
}

function pascalCase(name: string): string {
  const words = name.split("_");
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^\d/.test(joined) ? `_${joined}` : joined;
}
