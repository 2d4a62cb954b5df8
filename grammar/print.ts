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
export function printType({ words, stars }: TypeNode): string {
  let text = words.length > 0 ? words[0]!.text : "";
  for (let index = 1; index < words.length; index++) text += ` ${words[index]!.text}`;
  return stars === "" ? text : `${text} ${stars}`;
}

export function printFormat(format: FormatNode): string {
  return format.parts
    .map((part) => (part.kind === "macro" ? part.name : `"${part.raw}"`))
    .join(" ");
}
