import type { ChunkBuffer } from "./chunk-buffer.js";
import type { EventBindings } from "./event-bindings.js";
import { DROPPED_HIGH, DROPPED_LOW } from "./header.js";
import {
  DROPPED_LENGTH,
  isName,
  MAPPING,
  MAPPING_HEAD,
  NAME_LIMIT,
  RECORD,
  RECORD_HEAD,
  RECORD_LIMIT,
} from "./item-layout.js";
import { ItemWords } from "./item-words.js";

/** More events than QEMU will ever declare. */
const POSITION_LIMIT = 65535;

/** What bytes look like where an item should begin. */
export type Look =
  /** An item whose whole is as it must be. */
  | "sound"
  /** An item as far as its head goes; its arguments are not those of a declaration. */
  | "possible"
  /** No item. */
  | "garbage"
  /** There are too few bytes to tell. */
  | "short";

/** Judges whether bytes of a buffer are items of a trace, so far ahead of the buffer's next byte. */
export class ItemJudge {
  readonly words: ItemWords;
  readonly #buffer: ChunkBuffer;
  readonly #bindings: EventBindings;
  readonly #prefix: number;

  constructor(buffer: ChunkBuffer, bindings: EventBindings, little: boolean, prefix: number) {
    this.#buffer = buffer;
    this.#bindings = bindings;
    this.#prefix = prefix;
    this.words = new ItemWords(buffer, little);
  }

  /** What the item `ahead` of here looks like. */
  look(ahead: number): Look {
    if (this.#prefix === 0) return this.#lookRecord(ahead);
    if (!this.#buffer.has(ahead + MAPPING_HEAD)) return this.#lookType(ahead);
    const type = this.words.u64(ahead);
    if (type === MAPPING) return this.#lookMapping(ahead);
    return type === RECORD ? this.#lookRecord(ahead + this.#prefix) : "garbage";
  }

  /** What follows the item, `short` at the end of what is there; nothing at all is as good as an item. */
  lookBehind(size: number): Look {
    if (!this.#buffer.has(size)) return "short";
    if (this.#buffer.held === size && this.#buffer.ended) return "sound";
    return this.look(size);
  }

  /** `sound` for an item that is, with another behind it or the end: chance does not make two. */
  lookSound(ahead: number): Look {
    const look = this.look(ahead);
    if (look !== "sound") return look === "short" ? "short" : "garbage";
    const next = this.lookBehind(ahead + this.#size(ahead));
    if (next === "short") return this.#buffer.ended ? "sound" : "short";
    return next === "garbage" ? "garbage" : "sound";
  }

  /** True if a sound item begins among the bytes that are left, `from` ahead or later. */
  soundBehind(from: number): boolean {
    const { held } = this.#buffer;
    for (let ahead = from; ahead + MAPPING_HEAD <= held; ahead++) {
      if (this.lookSound(ahead) === "sound") return true;
    }
    return false;
  }

  isMapping(ahead: number): boolean {
    return this.#prefix !== 0 && this.words.u64(ahead) === MAPPING;
  }

  #size(ahead: number): number {
    return this.isMapping(ahead)
      ? MAPPING_HEAD + this.words.u32(ahead + 16)
      : this.#prefix + this.words.u32(ahead + this.#prefix + 16);
  }

  /** The end of a trace may leave less than a head. A first word that cannot be one tells more. */
  #lookType(ahead: number): Look {
    if (!this.#buffer.has(ahead + 8)) return "short";
    const type = this.words.u64(ahead);
    return type === MAPPING || type === RECORD ? "short" : "garbage";
  }

  #lookMapping(ahead: number): Look {
    const length = this.words.u32(ahead + 16);
    if (length === 0 || length > NAME_LIMIT) return "garbage";
    const there = this.#buffer.has(ahead + MAPPING_HEAD + length);
    const { bytes, limit, at } = this.#buffer;
    const from = at + ahead + MAPPING_HEAD;
    if (!isName(bytes, from, Math.min(length, limit - from))) return "garbage";
    return there ? "sound" : "short";
  }

  /** A record without its type. */
  #lookRecord(at: number): Look {
    const buffer = this.#buffer;
    if (!buffer.has(at + RECORD_HEAD)) return "short";
    const length = this.words.u32(at + 16);
    if (length < RECORD_HEAD || length > RECORD_LIMIT) return "garbage";
    const [high, low] = this.words.halves(at);
    if (high === DROPPED_HIGH && low === DROPPED_LOW) {
      if (length !== DROPPED_LENGTH) return "garbage";
      return buffer.has(at + length) ? "sound" : "short";
    }
    const binding = this.#bindings.get(high, low);
    if (binding) this.#bindings.resolve(binding, high, low);
    // Where ids are positions, a large one is none.
    if (!binding && this.#prefix === 0 && (high > 0 || low > POSITION_LIMIT)) return "garbage";
    if (!buffer.has(at + length)) {
      const { recordLength = -1 } = binding ?? {};
      return recordLength >= 0 && recordLength !== length && !buffer.ended ? "possible" : "short";
    }
    if (!binding?.layout) return "possible";
    const payload = buffer.at + at + RECORD_HEAD;
    const { little } = this.words;
    return binding.layout.fits(buffer.view, payload, length - RECORD_HEAD, little)
      ? "sound"
      : "possible";
  }
}
