import { ByteWindow } from "../../bytes/byte-window.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import type { VmField, VmState } from "./vm-description.js";
import { subsectionSize, vmStateSize } from "./vmstate-by-description.js";

/** A section's data and its description without a subsection. */
export interface DroppedSubsection<S extends VmState> {
  readonly data: Uint8Array;
  readonly state: S;
  /** How many were there: in the section itself, and in structs within. */
  readonly dropped: number;
}

/** Takes all subsections of that name out of a section's data, which must be as described. */
export function dropSubsection<S extends VmState>(
  data: Uint8Array,
  state: S,
  name: string,
): DroppedSubsection<S> {
  const dropper = new Dropper(data, name);
  const left = dropper.copy(state);
  return { data: dropper.writer.take(), state: { ...state, ...left }, dropped: dropper.dropped };
}

class Dropper {
  readonly writer: ByteWriter;
  dropped = 0;
  readonly #window: ByteWindow;
  readonly #name: string;

  constructor(data: Uint8Array, name: string) {
    this.#window = new ByteWindow("big", data);
    this.writer = new ByteWriter("big", data.length);
    this.#name = name;
  }

  /** Copies what is left of a vmstate, and gives what is left of its description. */
  copy(state: VmState): VmState {
    const fields = state.fields.map((field) => this.#copyField(field));
    const subsections = state.subsections.flatMap((subsection) => this.#copySubsection(subsection));
    return { ...state, fields, subsections };
  }

  #copyField(field: VmField): VmField {
    const count = field.arrayLength ?? 1;
    if (!field.struct) {
      this.#bytes(field.size * count);
      return field;
    }
    let { struct } = field;
    for (let element = 0; element < count; element += 1) struct = this.copy(field.struct);
    return { ...field, struct, size: vmStateSize(struct) };
  }

  #copySubsection(subsection: VmState): VmState[] {
    const size = subsectionSize(subsection);
    if (subsection.vmsdName === this.#name) {
      this.dropped += 1;
      this.#window.skip(size);
      return [];
    }
    this.#bytes(size - vmStateSize(subsection));
    return [this.copy(subsection)];
  }

  #bytes(length: number): void {
    this.writer.bytes(this.#window.bytes(length));
  }
}
