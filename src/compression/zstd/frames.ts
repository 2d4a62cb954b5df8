import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { more, need, type Steps, skip } from "../../bytes/steps.js";
import { BLOCK_MAX, type ZstdBlock } from "./frame-decoder.js";

/** What a file of zstd frames consists of (RFC 8878, 3.1), each part with the bytes that it has there. */
export type ZstdPart = (
  | {
      readonly type: "header";
      /** How far back matches may reach, in bytes. */
      readonly window: number;
      readonly contentSize: number | undefined;
    }
  | { readonly type: "block"; readonly block: ZstdBlock }
  | {
      readonly type: "end";
      /** The low half of the XXH64 of the content, where the frame has one. */
      readonly checksum: number | undefined;
    }
) & {
  readonly offset: number;
  /** Good until the next part is asked for. */
  readonly stored: Uint8Array;
};

const MAGIC = 0xfd2f_b528;
const SKIPPABLE = 0x184d_2a50;

/** `zstd -d` refuses larger ones too, unless `--long` is given. */
export const WINDOW_LIMIT = 128 << 20;

/** Reads frames one after the other, to the end of the input. Throws `DecodeError`. */
export function* zstdParts(window: ByteWindow): Steps<ZstdPart> {
  while (yield* more(window)) {
    const offset = window.offset;
    yield* need(window, 4);
    const magic = window.peekU32();
    if (magic === MAGIC) yield* frame(window);
    else if ((magic & ~15) >>> 0 === SKIPPABLE) yield* skippable(window);
    else
      throw new DecodeError(offset > 0 ? "other bytes after the last frame" : "no frame", offset);
  }
}

function* skippable(window: ByteWindow): Steps<never> {
  yield* need(window, 8);
  window.skip(4);
  yield* skip(window, window.u32());
}

function* frame(window: ByteWindow): Steps<ZstdPart> {
  const { contentSize, hasChecksum, ...header } = yield* frameHeader(window);
  yield { type: "header", contentSize, ...header };
  const blockMax = Math.min(header.window, BLOCK_MAX);
  for (let last = false; !last; ) {
    yield* need(window, 3);
    const offset = window.offset;
    const head = window.peekU8() | (window.peekU8(1) << 8) | (window.peekU8(2) << 16);
    last = (head & 1) === 1;
    const kind = (["raw", "repeat", "compressed"] as const)[(head >> 1) & 3];
    if (!kind) throw new DecodeError("a block of the reserved type", offset);
    const size = head >> 3;
    if (size > blockMax) {
      throw new DecodeError(`a block of ${size} bytes, more than ${blockMax}`, offset);
    }
    const length = 3 + (kind === "repeat" ? 1 : size);
    yield* need(window, length);
    const stored = window.bytes(length);
    yield { type: "block", block: { kind, size, bytes: stored.subarray(3) }, offset, stored };
  }
  const { offset } = window;
  if (hasChecksum) yield* need(window, 4);
  const stored = window.bytes(hasChecksum ? 4 : 0);
  const checksum = hasChecksum ? new DataView(stored.buffer, stored.byteOffset, 4) : undefined;
  yield { type: "end", checksum: checksum?.getUint32(0, true), offset, stored };
}

function* frameHeader(window: ByteWindow) {
  yield* need(window, 6);
  const { offset } = window;
  const flags = window.peekU8(4);
  const single = (flags & 0x20) !== 0;
  const idSize = [0, 1, 2, 4][flags & 3]!;
  const sizeSize = [single ? 1 : 0, 2, 4, 8][flags >> 6]!;
  const length = 5 + (single ? 0 : 1) + idSize + sizeSize;
  yield* need(window, length);
  const stored = window.bytes(length);
  const number = (at: number, size: number) =>
    stored.subarray(at, at + size).reduceRight((value, byte) => value * 256 + byte, 0);
  if ((flags & 8) !== 0) throw new DecodeError("a reserved bit of the frame is set", offset + 4);
  const dictionary = number(length - sizeSize - idSize, idSize);
  if (dictionary !== 0) {
    throw new DecodeError(`the frame needs dictionary ${dictionary}`, offset);
  }
  const stated = number(length - sizeSize, sizeSize) + (sizeSize === 2 ? 256 : 0);
  const contentSize = sizeSize === 0 ? undefined : stated;
  const descriptor = stored[5]!;
  const base = 2 ** (10 + (descriptor >> 3));
  const size = single ? stated : base + (base / 8) * (descriptor & 7);
  if (size > WINDOW_LIMIT) throw tooLarge(size, offset);
  return { window: size, contentSize, hasChecksum: (flags & 4) !== 0, offset, stored };
}

function tooLarge(size: number, offset: number): DecodeError {
  const log = Math.ceil(Math.log2(size));
  const hint = log <= 31 ? `; decompress it with zstd -d --long=${log} first` : "";
  const limit = "more than the 128 MiB that are read";
  return new DecodeError(`the frame needs ${size} bytes of memory, ${limit}${hint}`, offset);
}
