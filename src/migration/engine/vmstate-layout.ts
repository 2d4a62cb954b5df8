import type { VmField } from "../wire/vm-description.js";
import type { Field, VmStateDescription } from "./vmstate-description.js";

/** What VMDESCRIPTION says of an element, but for its place in the array. */
export type ElementLayout = Omit<VmField, "index" | "arrayLength">;

/**
 * Whether all elements of a field have one layout, so that describing one is enough (QEMU
 * migration/vmstate.c: vmsd_can_compress).
 */
export function hasOneLayout(field: Field): boolean {
  if (field.exists) return false;
  return field.kind !== "struct" || isUniform(field.struct);
}

/** Beyond what QEMU looks at, no length may be of the element's own. */
function isUniform({ fields, subsections = [] }: VmStateDescription): boolean {
  return (
    subsections.length === 0 && fields.every((field) => hasOneLayout(field) && hasOneSize(field))
  );
}

function hasOneSize(field: Field): boolean {
  switch (field.kind) {
    case "scalar":
      return typeof (field.count ?? 1) === "number";
    case "buffer":
      return typeof field.size === "number";
    case "struct":
      return typeof (field.count ?? 1) === "number" && !field.nullable;
    case "tmp":
      return isUniform(field.struct);
    case "list":
      return false;
    default:
      return true;
  }
}

/** What stands for `count` elements of one layout: only arrays of more than one say so. */
export function alike(element: ElementLayout, count: number): VmField[] {
  if (count === 0) return [];
  return [count === 1 ? element : { ...element, arrayLength: count }];
}

/** Elements one by one, each but the last with its index, as QEMU has them. */
export function oneByOne(elements: readonly ElementLayout[]): VmField[] {
  return elements.map((element, index) =>
    index < elements.length - 1 ? { ...element, index } : element,
  );
}

/** Elements of which those of one type, behind each other, have one layout. */
export function inRuns(elements: readonly ElementLayout[]): VmField[] {
  const runs: { first: ElementLayout; count: number }[] = [];
  for (const element of elements) {
    const run = runs.at(-1);
    if (run?.first.type === element.type) run.count += 1;
    else runs.push({ first: element, count: 1 });
  }
  return runs.flatMap(({ first, count }) => alike(first, count));
}
