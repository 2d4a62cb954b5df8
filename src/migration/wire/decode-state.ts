import { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { decodeFieldValue, scalarTaker } from "./decode-field-value.js";
import type { StateField, StateNode } from "./state-value.js";
import type { VmField, VmState } from "./vm-description.js";
import { type VmStateVisitor, walkVmState } from "./vmstate-by-description.js";

/**
 * The values in a section's data, by its description. `offset` is where the data stands in the
 * stream. Throws `DecodeError`, its path naming the field, where the data is not as described.
 */
export function decodeState(data: Uint8Array, state: VmState, offset = 0): StateNode {
  const window = new ByteWindow("big", data, offset);
  const builder = new StateBuilder(window, data, offset, state);
  walkVmState(window, state, builder);
  if (window.available > 0) {
    throw new DecodeError(`${window.available} bytes more than are described`, window.offset);
  }
  return builder.root();
}

interface Draft {
  readonly state: VmState;
  readonly begin: number;
  readonly fields: StateField[];
  readonly subsections: StateNode[];
  /** What the draft is the value of; the root and subsections are no field's. */
  readonly field?: VmField;
  readonly index?: number | undefined;
}

class StateBuilder implements VmStateVisitor {
  readonly #window: ByteWindow;
  readonly #data: Uint8Array;
  readonly #base: number;
  readonly #open: Draft[] = [];

  constructor(window: ByteWindow, data: Uint8Array, base: number, state: VmState) {
    this.#window = window;
    this.#data = data;
    this.#base = base;
    this.#enter(state);
  }

  data(field: VmField, window: ByteWindow): void {
    const { fields } = this.#open.at(-1)!;
    const count = field.size === 0 ? 1 : (field.arrayLength ?? 1);
    const take = scalarTaker(field);
    for (let element = 0; element < count; element += 1) {
      const index = field.index ?? (field.arrayLength === undefined ? undefined : element);
      const { offset } = window;
      if (take) {
        const value = take(window);
        const isPlain = value.kind === "boolean" || value.kind === "integer";
        const bytes =
          isPlain && field.type !== "int32 le" ? undefined : this.#bytes(offset, field.size);
        fields.push(stateField(field, index, offset, field.size, value, bytes));
      } else {
        const bytes = this.#bytes(offset, field.size);
        const value = decodeFieldValue(field, bytes, offset, decodeState);
        fields.push(stateField(field, index, offset, field.size, value, bytes));
        window.skip(field.size);
      }
    }
  }

  enterStruct(field: VmField, index: number | undefined): void {
    this.#enter(field.struct!, field, index);
  }

  enterSubsection(state: VmState): void {
    this.#enter(state);
  }

  leave(): void {
    const { field, index, begin } = this.#open.at(-1)!;
    const node = this.root();
    this.#open.pop();
    const parent = this.#open.at(-1)!;
    if (!field) parent.subsections.push(node);
    else {
      const value = { kind: "struct", value: node } as const;
      parent.fields.push(stateField(field, index, begin, node.size, value));
    }
  }

  /** The innermost vmstate that is open. */
  root(): StateNode {
    const { state, begin, fields, subsections } = this.#open.at(-1)!;
    const { vmsdName, version } = state;
    const size = this.#window.offset - begin;
    return { vmsdName, version, offset: begin, size, fields, subsections };
  }

  #bytes(offset: number, size: number): Uint8Array {
    return this.#data.subarray(offset - this.#base, offset - this.#base + size);
  }

  #enter(state: VmState, field?: VmField, index?: number): void {
    const begin = this.#window.offset;
    this.#open.push({ state, begin, fields: [], subsections: [], ...(field && { field, index }) });
  }
}

/** Spelt out, so that all fields are of a few shapes: there are many. */
function stateField(
  { name, type }: VmField,
  index: number | undefined,
  offset: number,
  size: number,
  value: StateField["value"],
  bytes?: Uint8Array,
): StateField {
  if (index === undefined) {
    return bytes ? { name, type, offset, size, value, bytes } : { name, type, offset, size, value };
  }
  return bytes
    ? { name, type, index, offset, size, value, bytes }
    : { name, type, index, offset, size, value };
}
