import type { FormatNode, StringNode } from "../../grammar/ast.js";

/** The string that a format begins with, if it is not a macro. */
export function firstString(format: FormatNode | undefined): StringNode | undefined {
  const first = format?.parts[0];
  return first?.kind === "string" ? first : undefined;
}

/** The string that a format ends with, if it is not a macro. */
export function lastString(format: FormatNode | undefined): StringNode | undefined {
  const last = format?.parts.at(-1);
  return last?.kind === "string" ? last : undefined;
}
