import { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { decodeFieldValue } from "./decode-field-value.js";
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

  data(field: VmField, bytes: Uint8Array): void {
    const { fields } = this.#open.at(-1)!;
    const count = field.size === 0 ? 1 : (field.arrayLength ?? 1);
    for (let element = 0; element < count; element += 1) {
      const at = element * field.size;
      const own = bytes.subarray(at, at + field.size);
      const offset = this.#window.offset + at;
      const index = field.index ?? (field.arrayLength === undefined ? undefined : element);
      const value = decodeFieldValue(field, own, offset, decodeState);
      fields.push(stateField(field, index, offset, own, value));
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
      const bytes = this.#data.subarray(begin - this.#base, this.#window.offset - this.#base);
      parent.fields.push(stateField(field, index, begin, bytes, { kind: "struct", value: node }));
    }
  }

  /** The innermost vmstate that is open. */
  root(): StateNode {
    const { state, begin, fields, subsections } = this.#open.at(-1)!;
    const { vmsdName, version } = state;
    const size = this.#window.offset - begin;
    return { vmsdName, version, offset: begin, size, fields, subsections };
  }

  #enter(state: VmState, field?: VmField, index?: number): void {
    const begin = this.#window.offset;
    this.#open.push({ state, begin, fields: [], subsections: [], ...(field && { field, index }) });
  }
}

function stateField(
  { name, type }: VmField,
  index: number | undefined,
  offset: number,
  bytes: Uint8Array,
  value: StateField["value"],
): StateField {
  return { name, type, ...(index !== undefined && { index }), offset, bytes, value };
}
