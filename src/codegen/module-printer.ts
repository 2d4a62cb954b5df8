import { stringLiteral } from "./escape.js";

/** How wide a line of generated code may be. */
export const LINE_WIDTH = 100;

/** Prints a TypeScript module and knows what it imports. */
export class ModulePrinter {
  readonly #header: string;
  readonly #imports = new Map<string, Set<string>>();
  readonly #body: string[] = [];

  constructor(header: string) {
    this.#header = header;
  }

  /** The name of something that is imported; a type is asked for as `type Name`. */
  use(name: string, from: string): string {
    const names = this.#imports.get(from) ?? new Set();
    this.#imports.set(from, names.add(name));
    return name.replace(/^type /, "");
  }

  /** A declaration, set off by a blank line. */
  add(code: string): void {
    this.#body.push(code);
  }

  toString(): string {
    const imports = [...this.#imports].map(([from, names]) => printImport(from, [...names]));
    return `${[this.#header, imports.join("\n"), ...this.#body].filter(Boolean).join("\n\n")}\n`;
  }
}

/** Names that are all types are imported as `import type`, so that nothing of it is left to run. */
function printImport(from: string, names: readonly string[]): string {
  const typesOnly = names.every((name) => name.startsWith("type "));
  const sorted = names
    .toSorted(byName)
    .map((name) => (typesOnly ? name.slice("type ".length) : name));
  const begin = `import ${typesOnly ? "type " : ""}{`;
  const end = `} from ${stringLiteral(from)};`;
  const flat = `${begin} ${sorted.join(", ")} ${end}`;
  if (flat.length <= LINE_WIDTH) return flat;
  return `${begin}\n${sorted.map((name) => `  ${name},\n`).join("")}${end}`;
}

/** `[a, b]` on one line where it fits behind `column`, else an element a line. */
export function printList(
  brackets: "[]" | "()",
  elements: readonly string[],
  indent: number,
  column: number,
  trailing = 1,
): string {
  const [open, close] = brackets;
  if (!isTable(elements)) {
    const flat = `${open}${elements.join(", ")}${close}`;
    if (column + flat.length + trailing <= LINE_WIDTH) return flat;
  }
  const inner = " ".repeat(indent + 2);
  const lines = elements.map((element) => `${inner}${element},\n`).join("");
  return `${open}\n${lines}${" ".repeat(indent)}${close}`;
}

/** Several arrays, or several objects, stand one a line, as formatters lay them out. */
function isTable(elements: readonly string[]): boolean {
  const open = elements[0]?.charAt(0);
  if (elements.length < 2 || (open !== "[" && open !== "{")) return false;
  return elements.every((element) => element.startsWith(open));
}

/** Names as import sorters have them: `type` does not count, case hardly. */
function byName(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.replace(/^type /, ""));
  return left!.toLowerCase() < right!.toLowerCase() ? -1 : 1;
}
