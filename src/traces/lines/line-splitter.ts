import { decodeUtf8 } from "../../bytes/utf8.js";

/** A line that has no end after so many bytes is taken as it is. */
const LINE_LIMIT = 1 << 20;
const NEWLINE = 0x0a;

/** Cuts chunks of UTF-8 into lines, and knows where each begins in bytes. */
export class LineSplitter {
  /** The line that it stands at, without its newline. */
  line = "";
  /** Where the line begins, in bytes. */
  offset = 0;
  /** How many bytes the line takes, its newline included. */
  size = 0;
  #text = "";
  #next = 0;
  #position = 0;
  /**
   * Bytes of each line of `#text` from `#next` on, in reverse; undefined where each character is one
   * byte. Text does not tell them: what is not UTF-8 takes other bytes than the character it became.
   */
  #sizes: number[] | undefined;
  /** What precedes `#restLength` are the bytes of a line whose end has not come yet. */
  #rest = new Uint8Array(0);
  #restLength = 0;

  /** How many bytes are behind us, this line's included. */
  get position(): number {
    return this.#position;
  }

  /** How many bytes there are behind the last newline. */
  get unfinished(): number {
    return this.#next < this.#text.length ? 0 : this.#restLength;
  }

  /** Feeds bytes; faster where all lines before were taken. */
  append(chunk: Uint8Array): void {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0 && this.#restLength + chunk.length < LINE_LIMIT) {
      this.#keep(chunk);
      return;
    }
    const whole = end === 0 ? chunk.length : end;
    let bytes = chunk.subarray(0, whole);
    if (this.#restLength > 0) {
      this.#keep(bytes);
      bytes = this.#rest.subarray(0, this.#restLength);
      this.#restLength = 0;
    }
    const text = decodeUtf8(bytes);
    const left = this.#text.slice(this.#next);
    const isSingle = text.length === bytes.length && (left === "" || !this.#sizes);
    const sizes = isSingle ? undefined : lineSizes(bytes);
    const before = sizes && left !== "" ? (this.#sizes ?? lineSizes(asBytes(left))) : [];
    this.#sizes = sizes && before.length > 0 ? sizes.concat(before) : sizes;
    this.#text = left + text;
    this.#next = 0;
    this.#keep(chunk.subarray(whole));
  }

  /** Steps to the next line; false when more bytes are wanted. */
  advance(): boolean {
    if (this.#next >= this.#text.length) return false;
    const found = this.#text.indexOf("\n", this.#next);
    const end = found < 0 ? this.#text.length : found;
    this.line = this.#text.slice(this.#next, end);
    const newline = found < 0 ? 0 : 1;
    this.offset = this.#position;
    this.size = this.#sizes?.pop() ?? this.line.length + newline;
    this.#position += this.size;
    this.#next = end + newline;
    return true;
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#restLength + bytes.length;
    if (length > this.#rest.length) {
      const grown = new Uint8Array(2 * length);
      grown.set(this.#rest.subarray(0, this.#restLength));
      this.#rest = grown;
    }
    this.#rest.set(bytes, this.#restLength);
    this.#restLength = length;
  }
}

/** Bytes of each line, its newline included, the last line first. */
function lineSizes(bytes: Uint8Array): number[] {
  const sizes: number[] = [];
  for (let end = bytes.length; end > 0; ) {
    const start = end < 2 ? 0 : bytes.lastIndexOf(NEWLINE, end - 2) + 1;
    sizes.push(end - start);
    end = start;
  }
  return sizes;
}

/** As many bytes as characters, of which only newlines count. */
function asBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => (character === "\n" ? NEWLINE : 0));
}
