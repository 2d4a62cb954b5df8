import { ByteWindow } from "../../bytes/byte-window.js";
import { VmStateMark } from "./constants.js";
import type { StateNode, StateValue } from "./state-value.js";
import type { VmField, VmState } from "./vm-description.js";
import { vmStateSize } from "./vmstate-by-description.js";

/** Decodes a vmstate that stands at `offset` of the stream (see `decodeState`). */
export type DecodeState = (data: Uint8Array, state: VmState, offset: number) => StateNode;

/**
 * The elements of a list or a tree (QEMU migration/vmstate-types.c: put_qtailq, put_qlist,
 * put_gtree): a byte of 1 before each, a byte of 0 behind the last. Before the nodes of a tree stands
 * u32 how many there are; each has its key in front, a vmstate or u64. The description has a vmstate
 * for each: what is not as it says stays bytes.
 */
export function decodeList(
  { type, inner = [] }: VmField,
  bytes: Uint8Array,
  offset: number,
  decode: DecodeState,
): StateValue {
  const list = new ListReader(new ByteWindow("big", bytes, offset), decode);
  return (type === "gtree" ? list.tree(inner) : list.list(inner)) ?? { kind: "bytes" };
}

class ListReader {
  readonly #window: ByteWindow;
  readonly #decode: DecodeState;

  constructor(window: ByteWindow, decode: DecodeState) {
    this.#window = window;
    this.#decode = decode;
  }

  list(states: readonly VmState[]): StateValue | undefined {
    if (this.#window.available !== sizeOf(states) + states.length + 1) return undefined;
    const elements: StateNode[] = [];
    for (const state of states) {
      if (this.#window.u8() !== VmStateMark.more) return undefined;
      elements.push(this.#state(state));
    }
    return this.#window.u8() === VmStateMark.end ? { kind: "list", elements } : undefined;
  }

  tree(states: readonly VmState[]): StateValue | undefined {
    if (this.#window.available < 4) return undefined;
    const count = this.#window.u32();
    const hasKeys = states.length === 2 * count;
    if (!hasKeys && states.length !== count) return undefined;
    const size = sizeOf(states) + count * (hasKeys ? 1 : 1 + 8) + 1;
    if (this.#window.available !== size) return undefined;
    const keys: (StateNode | bigint)[] = [];
    const elements: StateNode[] = [];
    for (let node = 0; node < count; node += 1) {
      if (this.#window.u8() !== VmStateMark.more) return undefined;
      keys.push(hasKeys ? this.#state(states[2 * node]!) : this.#window.u64());
      elements.push(this.#state(states[hasKeys ? 2 * node + 1 : node]!));
    }
    return this.#window.u8() === VmStateMark.end ? { kind: "list", elements, keys } : undefined;
  }

  #state(state: VmState): StateNode {
    const { offset } = this.#window;
    return this.#decode(this.#window.bytes(vmStateSize(state)), state, offset);
  }
}

function sizeOf(states: readonly VmState[]): number {
  return states.reduce((sum, state) => sum + vmStateSize(state), 0);
}
