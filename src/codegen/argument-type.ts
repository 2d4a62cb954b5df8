import type { ArgumentModel } from "../model/event-model.js";

/** The kind that the runtime knows an argument by, such as `"u32"` or `"string"`. */
export function argumentKind({ type }: ArgumentModel): string {
  if (type.kind === "integer") return `${type.signed ? "i" : "u"}${type.bits}`;
  if (type.kind === "unknown") throw new TypeError(`no tracer can take a '${type.spelling}'`);
  return type.kind;
}

/** The TypeScript type that a tracer takes for an argument; 64 bits also as a safe integer. */
export function acceptedType(argument: ArgumentModel): string {
  const recorded = recordedType(argument);
  return recorded === "bigint" ? "bigint | number" : recorded;
}

/** The TypeScript type that a record has for an argument. */
export function recordedType({ type }: ArgumentModel): string {
  switch (type.kind) {
    case "string":
      return "string | null";
    case "bool":
      return "boolean";
    case "integer":
      return type.bits < 64 ? "number" : "bigint";
    default:
      return "bigint";
  }
}
