import { Decompress } from "fzstd";
import { DecodeError } from "../../bytes/decode-error.js";

/** Undoes zstd as chunks come; `push` gives what could be made of all until then. */
export class Unzstd {
  #out: Uint8Array[] = [];
  #in = 0;
  readonly #stream = new Decompress((chunk) => {
    this.#out.push(chunk);
  });

  /** Throws `DecodeError` if the bytes are no zstd; its offset is within what was pushed. */
  push(chunk: Uint8Array): Uint8Array[] {
    try {
      this.#stream.push(chunk);
    } catch (error) {
      throw new DecodeError(`not zstd: ${message(error)}`, this.#in);
    }
    this.#in += chunk.length;
    const out = this.#out;
    this.#out = [];
    return out;
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
