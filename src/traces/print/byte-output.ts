import { decodeUtf8, encodeUtf8 } from "../../bytes/utf8.js";

/** Characters up to which a loop of ours is faster than the encoder. */
const SHORT = 100;

/** Bytes that grow. Who writes into `bytes` has reserved them; `text` and `literal` do so themselves. */
export class ByteOutput {
  bytes = new Uint8Array(64);
  /** The same bytes, to be written by words. */
  view = new DataView(this.bytes.buffer);
  length = 0;
  /** Room that stays behind what is reserved: for the parts of a record whose size is known before. */
  #kept = 0;

  /** Keeps so many bytes free behind all that `reserve` asks for, from now on. */
  keep(bytes: number): void {
    this.#kept = bytes;
    this.reserve(0);
  }

  reserve(more: number): void {
    const wanted = this.length + more + this.#kept;
    if (wanted <= this.bytes.length) return;
    const grown = new Uint8Array(2 * wanted);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  text(text: string): void {
    if (text.length > SHORT || !this.#ascii(text)) this.literal(encodeUtf8(text));
  }

  /** Writes a text of ASCII; false, and nothing written, where it is none. */
  #ascii(text: string): boolean {
    this.reserve(text.length);
    const { bytes, length } = this;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return false;
      bytes[length + index] = code;
    }
    this.length += text.length;
    return true;
  }

  literal(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Sees to it that what was written from `from` on is UTF-8: what is none becomes U+FFFD. */
  repairUtf8(from: number): void {
    const { bytes, length } = this;
    let all = 0;
    for (let at = from; at < length; at++) all |= bytes[at]!;
    if (all < 0x80) return;
    const text = decodeUtf8(bytes.subarray(from, length));
    this.length = from;
    this.text(text);
  }

  /** What was written since the last time, as bytes of their own. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}
