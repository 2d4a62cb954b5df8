import { hexInteger, hexOf } from "./hex.js";
import type { SectionState } from "./state-collector.js";
import { sectionName } from "./state-sizes.js";
import type { StateField, StateNode } from "./state-value.js";

/** Something in which two machines' states differ. */
export interface StateDifference {
  /** The section's idstr, with its instance if that is not 0. */
  readonly device: string;
  /** The field's path in the device, such as `env.segs[0].base`; empty for the device itself. */
  readonly path: string;
  /** What the first has there; `undefined` if it has nothing. */
  readonly a: string | undefined;
  readonly b: string | undefined;
}

/** Compares two states by device and field, in the order of the first. */
export function diffStates(
  a: readonly SectionState[],
  b: readonly SectionState[],
): StateDifference[] {
  const others = new Map(b.map((section) => [sectionName(section), section]));
  const names = new Set([...a.map(sectionName), ...others.keys()]);
  const ours = new Map(a.map((section) => [sectionName(section), section]));
  return [...names].flatMap((device) => diffSections(device, ours.get(device), others.get(device)));
}

function diffSections(device: string, a?: SectionState, b?: SectionState): StateDifference[] {
  if (!a || !b) return [{ device, path: "", a: sizeText(a), b: sizeText(b) }];
  const [left, right] = [valuesOf(a), valuesOf(b)];
  const paths = new Set([...left.keys(), ...right.keys()]);
  return [...paths]
    .filter((path) => left.get(path) !== right.get(path))
    .map((path) => ({ device, path, a: left.get(path), b: right.get(path) }));
}

function sizeText(section: SectionState | undefined): string | undefined {
  return section && `${section.size} bytes`;
}

/** The values of a section by their paths; the size of memory is told by block. */
function valuesOf(section: SectionState): Map<string, string> {
  const values = new Map([["(version)", String(section.version)]]);
  if (section.kind === "ram") {
    for (const { name, usedLength } of section.blocks) values.set(name, `${usedLength} bytes`);
  } else if (section.kind === "opaque") {
    if (section.data) values.set("(data)", hexOf(section.data));
  } else addNode(section.state, "", values);
  return values;
}

function addNode(node: StateNode, prefix: string, into: Map<string, string>): void {
  const seen = new Map<string, number>();
  for (const field of node.fields) {
    // The same name may come several times, without an index.
    const count = seen.get(field.name) ?? 0;
    seen.set(field.name, count + 1);
    const index = field.index ?? (count > 0 ? count : undefined);
    addField(field, `${prefix}${field.name}${index === undefined ? "" : `[${index}]`}`, into);
  }
  for (const subsection of node.subsections) {
    const path = `${prefix}${subsection.vmsdName}`;
    into.set(path, `version ${subsection.version}`);
    addNode(subsection, `${path}.`, into);
  }
}

function addField(
  { value, size, bytes }: StateField,
  path: string,
  into: Map<string, string>,
): void {
  if (value.kind === "struct") addNode(value.value, `${path}.`, into);
  else if (value.kind === "list") {
    into.set(path, `${value.elements.length} elements`);
    for (const [index, element] of value.elements.entries()) {
      const key = value.keys?.[index];
      if (typeof key === "bigint") into.set(`${path}[${index}].key`, hexInteger(key, 8));
      else if (key) addNode(key, `${path}[${index}].key.`, into);
      addNode(element, `${path}[${index}].`, into);
    }
  } else if (value.kind === "integer") into.set(path, hexInteger(value.value, size));
  else if (value.kind === "bytes") into.set(path, hexOf(bytes!));
  else if (value.kind === "null") into.set(path, "NULL");
  else if (value.value === undefined) into.set(path, "not set");
  else into.set(path, String(value.value));
}
