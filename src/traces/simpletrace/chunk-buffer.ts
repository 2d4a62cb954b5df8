const EMPTY = new Uint8Array(0);
/** How much of a chunk is joined to a record that began in the chunk before, to begin with. */
const BRIDGE = 4096;

/**
 * Chunks one behind the other, for readers that want the bytes of one record in one piece.
 *
 * A chunk is read where it lies. Only a record that begins in one chunk and ends in the next is
 * copied, into a bridge between the two.
 */
export class ChunkBuffer {
  bytes: Uint8Array = EMPTY;
  view: DataView = new DataView(EMPTY.buffer);
  /** The next byte to be read, an index into `bytes`. */
  at = 0;
  /** The end of what can be read, an index into `bytes`. */
  limit = 0;
  ended = false;
  /** Absolute offset of `bytes[0]`. */
  #base = 0;
  /** The chunk that the bridge leads to; how much of it the bridge has, and where that begins there. */
  #pending: Uint8Array | undefined;
  #joined = 0;
  #bridgeHead = 0;
  /** True while `bytes` is our own and may be written behind `limit`. */
  #owned = false;

  /** Absolute offset of the next byte. */
  get offset(): number {
    return this.#base + this.at;
  }

  /** How many bytes are held in all, in the bridge and behind it. */
  get held(): number {
    return this.limit - this.at + (this.#pending ? this.#pending.length - this.#joined : 0);
  }

  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.#pending) this.#joinAll();
    const left = this.limit - this.at;
    if (left === 0) {
      this.#hold(chunk, this.offset);
    } else if (this.#owned && this.limit + chunk.length <= this.bytes.length) {
      this.bytes.set(chunk, this.limit);
      this.limit += chunk.length;
    } else {
      this.#pending = chunk;
      this.#joined = 0;
      this.#bridgeHead = left;
      this.#grow(Math.min(chunk.length, Math.max(BRIDGE, left)));
    }
  }

  end(): void {
    this.ended = true;
  }

  /**
   * Makes more bytes readable in one piece with those at `at`; false if there are none. `bytes`,
   * `view`, `at` and `limit` are others then.
   */
  more(): boolean {
    const { length } = this.#pending ?? EMPTY;
    if (!this.#pending) return false;
    if (this.at >= this.#bridgeHead) {
      const { offset } = this;
      const at = this.at - this.#bridgeHead;
      this.#hold(this.#pending, offset - at);
      this.at = at;
      this.#pending = undefined;
    } else {
      this.#grow(Math.min(length, this.#joined * 2));
    }
    return true;
  }

  /** Sees to it that `length` bytes can be read in one piece; false if there are not so many yet. */
  has(length: number): boolean {
    while (this.limit - this.at < length) {
      if (!this.more()) return false;
    }
    return true;
  }

  #joinAll(): void {
    if (this.at >= this.#bridgeHead) this.more();
    else this.#grow(this.#pending!.length);
  }

  /** Lets the bridge reach `joined` bytes into the pending chunk. */
  #grow(joined: number): void {
    const chunk = this.#pending!;
    const left = this.limit - this.at;
    const grown = new Uint8Array(2 * (left + joined - this.#joined));
    grown.set(this.bytes.subarray(this.at, this.limit));
    grown.set(chunk.subarray(this.#joined, joined), left);
    this.#bridgeHead = Math.max(0, left - this.#joined);
    const limit = left + joined - this.#joined;
    this.#hold(grown, this.offset);
    this.limit = limit;
    this.#joined = joined;
    if (joined === chunk.length) {
      this.#pending = undefined;
      this.#owned = true;
    }
  }

  #hold(bytes: Uint8Array, base: number): void {
    const { buffer, byteOffset, byteLength } = bytes;
    // Not Node's Buffer, whose `slice` does not copy.
    this.bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.view = new DataView(buffer, byteOffset, byteLength);
    this.#base = base;
    this.at = 0;
    this.limit = bytes.length;
    this.#owned = false;
  }
}
