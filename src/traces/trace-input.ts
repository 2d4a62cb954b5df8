import { fileChunks } from "./file-chunks.js";

/**
 * What a trace can be read from: its bytes, a `Blob` (a `File` too), a web stream, anything that
 * gives chunks, as Node's streams do, or, on Node, the path of a file.
 */
export type TraceInput =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>;

/** Offsets into a chunk are integers of 31 bits to the readers' fast loops. */
const PIECE = 1 << 30;

/** The chunks of an input. Leaving the loop early releases it. */
export async function* inputChunks(input: TraceInput): AsyncGenerator<Uint8Array, void, void> {
  if (typeof input === "string" || input instanceof URL) yield* fileChunks(input);
  else if (input instanceof Uint8Array) yield* pieces(input);
  else if (input instanceof ArrayBuffer) yield* pieces(new Uint8Array(input));
  else if (typeof input !== "object") throw new TypeError("no trace can be read from that");
  else if ("getReader" in input) yield* streamChunks(input);
  else if ("arrayBuffer" in input) yield* streamChunks(input.stream());
  else yield* input;
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** Not every browser's streams can be iterated. */
async function* streamChunks(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader();
  let whole = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      whole = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!whole) await reader.cancel();
    reader.releaseLock();
  }
}
