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

function fieldJson({ type, value, bytes }: StateField): OrderedJson {
  // What is made of a vmstate without being a struct, the script does not look into.
  if (type === "struct" && value.kind === "struct") return nodeJson(value.value);
  if (type === "bool") return bytes[0] !== 0;
  if (type === "nullptr") return "nullptr";
  if (SIGNED.has(type)) return integerText(bytes, true);
  if (UNSIGNED.has(type)) return integerText(bytes, false);
  return hexOf(bytes, " ");
}

/** Big-endian whatever the type says: so the script reads `int32 le` too. */
function integerText(bytes: Uint8Array, signed: boolean): string {
  const digits = hexOf(bytes);
  if (digits === "") return "0x0";
  const value = BigInt.asIntN(8 * bytes.length, BigInt(`0x${digits}`));
  return signed && value < 0n ? `0x${digits} (${value})` : `0x${digits}`;
}
