import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { ItemType } from "./constants.js";
import { takeCountedString } from "./counted-string.js";
import { subsectionHeadSize } from "./subsection.js";
import type { VmField, VmState } from "./vm-description.js";

/** Told what a walk comes upon, in stream order. */
export interface VmStateVisitor {
  /**
   * A field that is no struct: its data, of an array all elements, is what comes next in the window.
   * It may be consumed, in whole or in part.
   */
  data(field: VmField, window: ByteWindow): void;
  /** A struct begins, of an array its element `index`. */
  enterStruct(field: VmField, index: number | undefined): void;
  /** A subsection begins. */
  enterSubsection(state: VmState): void;
  /** The innermost struct or subsection ends. */
  leave(): void;
}

/** How many bytes a vmstate takes in the stream: its fields and the subsections that were sent. */
export function vmStateSize(state: VmState): number {
  const fields = state.fields.reduce((sum, field) => sum + fieldSize(field), 0);
  return state.subsections.reduce((sum, subsection) => sum + subsectionSize(subsection), fields);
}

function fieldSize(field: VmField): number {
  return field.size * (field.arrayLength ?? 1);
}

/** How many bytes a subsection takes, its head included. */
export function subsectionSize(state: VmState): number {
  return subsectionHeadSize(state.vmsdName) + vmStateSize(state);
}

/**
 * Walks a section's bytes along its description. Throws `DecodeError`, its path naming the field,
 * where the bytes end too early or are not the subsections that the description has.
 */
export function walkVmState(window: ByteWindow, state: VmState, visitor?: VmStateVisitor): void {
  for (const field of state.fields) walkField(window, field, visitor);
  for (const subsection of state.subsections) {
    within(`subsection ${subsection.vmsdName}`, () => {
      checkSubsectionHead(window, subsection);
      visitor?.enterSubsection(subsection);
      walkVmState(window, subsection, visitor);
      visitor?.leave();
    });
  }
}

function walkField(window: ByteWindow, field: VmField, visitor?: VmStateVisitor): void {
  // No array of nothing, of which a description may have billions.
  if (field.size === 0 && field.arrayLength !== undefined) return;
  if (field.struct) walkStructs(window, field, field.struct, visitor);
  else walkData(window, field, visitor);
}

function walkData(window: ByteWindow, field: VmField, visitor?: VmStateVisitor): void {
  const wanted = fieldSize(field);
  if (window.available < wanted) {
    const index = Math.floor(window.available / field.size);
    throw new DecodeError(
      `cut short: ${wanted} bytes wanted, ${window.available} left`,
      window.offset + window.available,
      [fieldName(field, index)],
    );
  }
  const end = window.offset + wanted;
  visitor?.data(field, window);
  window.skip(end - window.offset);
}

function walkStructs(
  window: ByteWindow,
  field: VmField,
  struct: VmState,
  visitor?: VmStateVisitor,
): void {
  if (!visitor && isWhole(window, field, struct)) {
    window.skip(fieldSize(field));
    return;
  }
  for (let index = 0; index < (field.arrayLength ?? 1); index += 1) {
    within(fieldName(field, index), () => {
      const begin = window.offset;
      visitor?.enterStruct(
        field,
        field.index ?? (field.arrayLength === undefined ? undefined : index),
      );
      walkVmState(window, struct, visitor);
      visitor?.leave();
      checkStructSize(field, window.offset - begin, begin);
    });
  }
}

/** Whether all is there that a field of structs wants, and nothing in it could be wrong. */
function isWhole(window: ByteWindow, field: VmField, struct: VmState): boolean {
  const isThere = window.available >= fieldSize(field);
  return isThere && !hasSubsections(struct) && vmStateSize(struct) === field.size;
}

function hasSubsections({ fields, subsections }: VmState): boolean {
  if (subsections.length > 0) return true;
  return fields.some(({ struct }) => struct !== undefined && hasSubsections(struct));
}

function fieldName(field: VmField, index: number): string {
  const isArray = field.index !== undefined || field.arrayLength !== undefined;
  return `field ${field.name}${isArray ? `[${field.index ?? index}]` : ""}`;
}

function checkStructSize(field: VmField, size: number, offset: number): void {
  if (size !== field.size) {
    throw new DecodeError(`${size} bytes, where the description says ${field.size}`, offset);
  }
}

function checkSubsectionHead(window: ByteWindow, state: VmState): void {
  const offset = window.offset;
  const type = window.u8();
  if (type !== ItemType.subsection) {
    throw new DecodeError(`no subsection, but 0x${type.toString(16)}`, offset);
  }
  const name = takeCountedString(window);
  if (name !== state.vmsdName) throw new DecodeError(`subsection "${name}"`, offset);
  const version = window.u32();
  if (version !== state.version) {
    throw new DecodeError(`version ${version} instead of ${state.version}`, window.offset - 4);
  }
}

function within(name: string, walk: () => void): void {
  try {
    walk();
  } catch (error) {
    throw error instanceof DecodeError ? error.within(name) : error;
  }
}
