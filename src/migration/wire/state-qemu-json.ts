import { hexInteger, hexOf } from "./hex.js";
import { type OrderedJson, printOrderedJson } from "./ordered-json.js";
import type { SectionState } from "./state-collector.js";
import type { StateField, StateNode } from "./state-value.js";

/** Types that QEMU's script prints as integers with a sign; it does not know of `equal` ones' lack of it. */
const SIGNED = new Set([
  "int8",
  "int16",
  "int32",
  "int64",
  "int32 equal",
  "int32 le",
  "int64 equal",
  "uint8 equal",
  "uint16 equal",
]);

/** And those without. */
const UNSIGNED = new Set(["uint8", "uint16", "uint32", "uint32 equal", "uint64"]);

/** The state as `analyze-migration.py` prints it, without its last newline. */
export function stateToQemuJson(sections: readonly SectionState[]): string {
  const entries = sections.map((section): [string, OrderedJson] => [
    `${section.idstr} (${section.sectionId})`,
    sectionJson(section),
  ]);
  return printOrderedJson(new Map(entries), 4);
}

function sectionJson(section: SectionState): OrderedJson {
  switch (section.kind) {
    case "vmstate":
      return nodeJson(section.state);
    case "ram":
      return new Map([
        [
          "section sizes",
          new Map(section.blocks.map(({ name, usedLength }) => [name, hexInteger(usedLength, 8)])),
        ],
      ]);
    case "opaque":
      return "";
  }
}

/** Fields of the same name become an array, also where they are no neighbours. */
function nodeJson(node: StateNode): OrderedJson {
  const json = new Map<string, OrderedJson>();
  const arrays = new Map<string, OrderedJson[]>();
  for (const field of node.fields) {
    const value = fieldJson(field);
    const array = arrays.get(field.name);
    if (array) array.push(value);
    else if (!json.has(field.name)) json.set(field.name, value);
    else {
      arrays.set(field.name, [json.get(field.name)!, value]);
      json.set(field.name, arrays.get(field.name)!);
    }
  }
  for (const subsection of node.subsections) json.set(subsection.vmsdName, nodeJson(subsection));
  return json;
}

function fieldJson({ type, value, size, bytes }: StateField): OrderedJson {
  // What is made of a vmstate without being a struct, the script does not look into.
  if (type === "struct" && value.kind === "struct") return nodeJson(value.value);
  if (type === "bool" && value.kind === "boolean") return value.value;
  if (type === "nullptr") return "nullptr";
  const signed = SIGNED.has(type);
  if (!signed && !UNSIGNED.has(type)) return hexOf(bytes ?? plainBytes(value, size), " ");
  return value.kind === "integer" && !bytes
    ? integerText(value.value, size, signed)
    : integerText(bigEndian(bytes ?? new Uint8Array(0)), size, signed);
}

/** As it stands in the stream: so the script reads `int32 le` too. */
function bigEndian(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${hexOf(bytes)}`);
}

/** The bytes of a value of a type that the script does not know to be plain. */
function plainBytes(value: StateField["value"], size: number): Uint8Array {
  if (value.kind === "boolean") return Uint8Array.of(value.value ? 1 : 0);
  const digits = value.kind === "integer" ? hexInteger(value.value, size).slice(2) : "";
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function integerText(value: number | bigint, size: number, signed: boolean): string {
  const hex = hexInteger(value, size);
  if (!signed) return hex;
  // Also where the stream's value has no sign, as of `uint8 equal`.
  const number =
    typeof value === "bigint" || size > 4
      ? BigInt.asIntN(8 * size, BigInt(value))
      : toSigned(value, size);
  return number < 0 ? `${hex} (${number})` : hex;
}

function toSigned(value: number, size: number): number {
  const unused = 32 - 8 * size;
  return (value << unused) >> unused;
}
