/** A connection from one side to the other: bytes wait in a buffer, are flushed, and arrive later. */
export class Channel {
  readonly #latency: number;
  readonly #perByte: number;
  readonly #parts: Uint8Array[] = [];
  readonly #flushes: { readonly upTo: number; readonly sent: number; readonly arrives: number }[] =
    [];
  /** Bytes that were put into the channel. */
  size = 0;
  /** Bytes that left the sender. */
  flushed = 0;
  #closes: number | undefined;

  /** Nanoseconds that a byte is on its way, and that each byte takes. */
  constructor(latency: number, perByte: number) {
    this.#latency = latency;
    this.#perByte = perByte;
  }

  put(bytes: Uint8Array, now: number): void {
    this.#parts.push(bytes);
    this.size += bytes.length;
    // QEMU's buffer (QEMU migration/qemu-file.c: IO_BUF_SIZE).
    if (this.size - this.flushed >= 32768) this.flush(now);
  }

  flush(now: number): void {
    if (this.size === this.flushed) return;
    const free = Math.max(now + this.#latency, this.#flushes.at(-1)?.arrives ?? 0);
    const arrives = Math.ceil(free + (this.size - this.flushed) * this.#perByte);
    this.#flushes.push({ upTo: this.size, sent: now, arrives });
    this.flushed = this.size;
  }

  /** Nothing more comes: the receiver sees it after what had been sent. */
  close(now: number): void {
    this.#closes ??= Math.max(now + this.#latency, this.#flushes.at(-1)?.arrives ?? 0);
  }

  get closes(): number | undefined {
    return this.#closes;
  }

  /** When the byte at an offset is there; undefined as long as it was not sent. */
  arrivalOf(offset: number): number | undefined {
    return this.#flushOf(offset)?.arrives;
  }

  /** When the byte at an offset left the sender. */
  sendingOf(offset: number): number | undefined {
    return this.#flushOf(offset)?.sent;
  }

  #flushOf(offset: number) {
    let [low, high] = [0, this.#flushes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#flushes[middle]!.upTo > offset) high = middle;
      else low = middle + 1;
    }
    return this.#flushes[low];
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}
