import { type DataModel, typeIn } from "../model/c-type.js";
import { checkFormat, type FormatFinding } from "../model/check-format.js";
import type { LintedEvent } from "./linted-file.js";

type ByModel = { [model in DataModel]?: readonly FormatFinding[] };

/** Several rules ask for the same. */
const found = new WeakMap<LintedEvent, ByModel>();

/** What a C compiler says of an event's format, on 64-bit or 32-bit hosts. */
export function formatFindings(linted: LintedEvent, model: DataModel): readonly FormatFinding[] {
  let known = found.get(linted);
  if (!known) {
    known = {};
    found.set(linted, known);
  }
  known[model] ??= check(linted, model);
  return known[model];
}

/**
 * True where 32-bit hosts may see another type than 64-bit ones: `long` and what is made of it. What
 * a `PRI…64` macro prints of an `int64_t` or `uint64_t` is right everywhere.
 */
export function dependsOnModel({ conversions }: LintedEvent): boolean {
  return conversions.some(({ conversion, argument }) => {
    if (conversion.specifier === "n" || (conversion.specifier === "s" && conversion.length))
      return true;
    if (argument?.type.kind !== "integer" || argument.type.bits !== 64) return false;
    const { spelling } = argument.type;
    return conversion.length !== "PRI64" || (spelling !== "uint64_t" && spelling !== "int64_t");
  });
}

function check({ event }: LintedEvent, model: DataModel): readonly FormatFinding[] {
  if (!event.format) return [];
  const types = event.arguments.map(({ type }) => typeIn(model, type));
  return checkFormat(types, event.format.parsed, model);
}
