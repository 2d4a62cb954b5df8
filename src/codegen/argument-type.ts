import type { ArgumentModel } from "../model/event-model.js";

/** The kind that the runtime knows an argument by, such as `"u32"` or `"string"`. */
export function argumentKind({ type }: ArgumentModel): string {
  if (type.kind === "integer") return `${type.signed ? "i" : "u"}${type.bits}`;
  if (type.kind === "unknown") throw new TypeError(`no tracer can take a '${type.spelling}'`);
  return type.kind;
}

/** The TypeScript type that a tracer takes for an argument. */
export function argumentTypeScript({ type }: ArgumentModel): string {
  switch (type.kind) {
    case "string":
      return "string | null";
    case "bool":
      return "boolean";
    case "pointer":
      return "bigint | number";
    default:
      return type.kind === "integer" && type.bits < 64 ? "number" : "bigint | number";
  }
}
