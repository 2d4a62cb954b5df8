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
export function printOrderedJson(value: OrderedJson, indent: number, level = 0): string {
  if (value instanceof Map) {
    return printed(
      "{}",
      Array.from(value as OrderedJsonObject, ([key, inner]) => {
        return `${quoted(key)}: ${printOrderedJson(inner, indent, level + 1)}`;
      }),
      indent,
      level,
    );
  }
  if (Array.isArray(value)) {
    const elements = value.map((inner) => printOrderedJson(inner, indent, level + 1));
    return printed("[]", elements, indent, level);
  }
  return typeof value === "string" ? quoted(value) : JSON.stringify(value);
}

function printed(
  brackets: string,
  entries: readonly string[],
  indent: number,
  level: number,
): string {
  if (entries.length === 0) return brackets;
  const inner = `\n${" ".repeat(indent * (level + 1))}`;
  const outer = `\n${" ".repeat(indent * level)}`;
  return `${brackets[0]}${inner}${entries.join(`,${inner}`)}${outer}${brackets[1]}`;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
