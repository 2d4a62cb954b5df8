import type { XXHashAPI } from "xxhash-wasm";
import { DecodeError } from "../../bytes/decode-error.js";
import { FedReader, readChunks } from "../../bytes/fed-reader.js";
import { joinBytes } from "../../bytes/join-bytes.js";
import { type NodeZlib, ZlibFeeder } from "../node-zlib.js";
import { BLOCK_MAX, FrameDecoder } from "./frame-decoder.js";
import { WINDOW_LIMIT, type ZstdPart, zstdParts } from "./frames.js";

/** Makes content of the parts of frames. Throws where they are not sound. */
interface PartDecoder {
  take(part: ZstdPart): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  close(): void;
}

/**
 * Decompresses zstd, a block at a time, by Node's own decoder where there is one. Throws `DecodeError`,
 * with the offset in the compressed bytes, after the content of all blocks before.
 */
export async function* unzstd(
  chunks: AsyncIterable<Uint8Array>,
  zlib: NodeZlib | null,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = new FedReader("little", zstdParts);
  const native = zlib?.createZstdDecompress;
  const decoder = native ? byNode(native) : await own();
  const sizes = new SizeCheck();
  try {
    for await (const part of readChunks(reader, chunks)) {
      for await (const content of located(decoder, part)) {
        sizes.add(content.length, part.offset);
        yield content;
      }
      sizes.take(part);
    }
  } finally {
    decoder.close();
  }
}

/** The content of a part; errors get its offset. */
async function* located(decoder: PartDecoder, part: ZstdPart) {
  try {
    yield* decoder.take(part);
  } catch (error) {
    const reason = error instanceof DecodeError ? error.reason : (error as Error).message;
    throw new DecodeError(reason, part.offset);
  }
}

/** Holds the length of a frame's content against what its header states. */
class SizeCheck {
  #stated: number | undefined;
  #size = 0;

  add(length: number, offset: number): void {
    this.#size += length;
    if (this.#size > (this.#stated ?? Number.POSITIVE_INFINITY)) this.#fail(offset);
  }

  take(part: ZstdPart): void {
    if (part.type === "end" && this.#size !== (this.#stated ?? this.#size)) this.#fail(part.offset);
    if (part.type !== "header") return;
    this.#stated = part.contentSize;
    this.#size = 0;
  }

  #fail(offset: number): never {
    const reason = `the frame states ${this.#stated} bytes of content, but has ${this.#size}`;
    throw new DecodeError(reason, offset);
  }
}

/** So many blocks are handed to Node's decoder at once. */
const BATCH = 4;

/** Node's decoder, which verifies checksums itself. Of parts of one frame, it consumes all. */
function byNode(create: NonNullable<NodeZlib["createZstdDecompress"]>): PartDecoder {
  // Of a batch, all output has room: so that its input is taken before the output is read.
  const room = 2 * BATCH * BLOCK_MAX;
  const feeder = new ZlibFeeder(create({ chunkSize: BLOCK_MAX, readableHighWaterMark: room }));
  let parts: Uint8Array[] = [];
  return {
    async *take({ type, stored }) {
      parts.push(stored.slice());
      if (type !== "end" && parts.length < BATCH) return;
      const batch = joinBytes(parts);
      parts = [];
      yield* feeder.take(batch);
    },
    close: () => feeder.close(),
  };
}

/** The module is compiled once, however many files are read. */
let hashes: Promise<XXHashAPI> | undefined;

async function own(): Promise<PartDecoder> {
  hashes ??= import("xxhash-wasm").then(({ default: xxhash }) => xxhash());
  const { create64 } = await hashes;
  const decoder = new FrameDecoder(WINDOW_LIMIT);
  let hash = create64();
  return {
    *take(part) {
      if (part.type === "header") {
        decoder.begin(part.window, part.contentSize);
        hash = create64();
      } else if (part.type === "block") {
        const content = decoder.decode(part.block);
        hash.update(content);
        if (content.length > 0) yield content;
      } else if (part.checksum !== undefined && part.checksum !== Number(hash.digest() & LOW)) {
        throw new DecodeError("the checksum of the content does not match", 0);
      }
    },
    close() {},
  };
}

const LOW = 0xffff_ffffn;
