/** A value of JSON whose objects keep the order of their keys, also of those that look like numbers. */
export type OrderedJson =
  | string
  | number
  | boolean
  | null
  | readonly OrderedJson[]
  | OrderedJsonObject;

/** An object of JSON. */
export type OrderedJsonObject = ReadonlyMap<string, OrderedJson>;

/** The text of a value, `indent` blanks a level, other than ASCII escaped: as Python prints it. */
export function printOrderedJson(value: OrderedJson, indent: number): string {
  return new Printer(indent).print(value);
}

/** Everything goes behind one text: a nested one would be copied at each level. */
class Printer {
  readonly #indent: string;
  #text = "";

  constructor(indent: number) {
    this.#indent = " ".repeat(indent);
  }

  print(value: OrderedJson): string {
    this.#value(value, "\n");
    return this.#text;
  }

  /** `line` begins a line of the level that the value is on. */
  #value(value: OrderedJson, line: string): void {
    if (value instanceof Map) this.#object(value as OrderedJsonObject, line);
    else if (Array.isArray(value)) this.#array(value, line);
    else this.#text += typeof value === "string" ? quoted(value) : JSON.stringify(value);
  }

  #object(object: OrderedJsonObject, line: string): void {
    const inner = line + this.#indent;
    let before = "{";
    for (const [key, value] of object) {
      this.#text += `${before}${inner}${quoted(key)}: `;
      this.#value(value, inner);
      before = ",";
    }
    this.#text += object.size === 0 ? "{}" : `${line}}`;
  }

  #array(array: readonly OrderedJson[], line: string): void {
    const inner = line + this.#indent;
    let before = "[";
    for (const value of array) {
      this.#text += before + inner;
      this.#value(value, inner);
      before = ",";
    }
    this.#text += array.length === 0 ? "[]" : `${line}]`;
  }
}

/** Nearly all text is of these, and needs no escaping. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
