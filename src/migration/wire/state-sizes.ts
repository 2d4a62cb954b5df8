import type { SectionState } from "./state-collector.js";
import type { StateNode } from "./state-value.js";
import { subsectionHeadSize } from "./subsection.js";

/** What a section, or a subsection in it, takes of the stream. */
export interface StateSize {
  /** `idstr`, with the instance if it is not 0; of a subsection its name. */
  readonly name: string;
  /** Bytes, all that is nested included; of a subsection with its head. */
  readonly size: number;
  /** The subsections in it, the largest first; also those of structs within. */
  readonly subsections: readonly StateSize[];
}

/** Sizes by device and subsection, the largest first. */
export function stateSizes(sections: readonly SectionState[]): StateSize[] {
  return sorted(
    sections.map((section) => ({
      name: sectionName(section),
      size: section.size,
      subsections: section.kind === "vmstate" ? subsectionSizes(section.state) : [],
    })),
  );
}

/** A section's idstr, with the instance if it is not 0. */
export function sectionName({
  idstr,
  instanceId,
}: {
  readonly idstr: string;
  readonly instanceId: number;
}): string {
  return instanceId === 0 ? idstr : `${idstr}[${instanceId}]`;
}

function subsectionSizes(node: StateNode): StateSize[] {
  const own = node.subsections.map((subsection) => ({
    name: subsection.vmsdName,
    size: subsectionHeadSize(subsection.vmsdName) + subsection.size,
    subsections: subsectionSizes(subsection),
  }));
  const nested = node.fields.flatMap(({ value }) => {
    if (value.kind === "struct") return subsectionSizes(value.value);
    return value.kind === "list" ? value.elements.flatMap(subsectionSizes) : [];
  });
  return sorted([...nested, ...own]);
}

function sorted(sizes: StateSize[]): StateSize[] {
  return sizes.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
}
