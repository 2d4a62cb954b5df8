import type { ArgumentNode, EventNode, FormatNode, TypeNode } from "./ast.js";

/** An event on one line: one blank between things, `*` by the name, parts of a format one blank apart. */
export function printEvent(event: EventNode): string {
  const head = [...event.properties, event.name].map((name) => name.text).join(" ");
  const args = event.arguments.map(printArgument).join(", ");
  const formats = event.formats.map(printFormat).join(", ");
  return `${head}(${args})${formats && ` ${formats}`}`;
}

export function printArgument({ type, name }: ArgumentNode): string {
  if (!name) return printType(type);
  return `${printType(type)}${type.pointers > 0 ? "" : " "}${name.text}`;
}

/** `const char *`; a type without stars has no blank behind it. */
export function printType(type: TypeNode): string {
  const words = type.words.map((word) => word.text).join(" ");
  return type.pointers > 0 ? `${words} ${"*".repeat(type.pointers)}` : words;
}

export function printFormat(format: FormatNode): string {
  return format.parts
    .map((part) => (part.kind === "macro" ? part.name : `"${part.raw}"`))
    .join(" ");
}
