/**
 * What a trace can be read from: its bytes, a `Blob` (a `File` too), a web stream, or anything that
 * gives chunks, as Node's streams do: `createReadStream(path)`.
 */
export type TraceInput =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>;

/** The chunks of an input. Leaving the loop early releases it. */
export async function* inputChunks(input: TraceInput): AsyncGenerator<Uint8Array, void, void> {
  if (input instanceof Uint8Array) yield input;
  else if (input instanceof ArrayBuffer) yield new Uint8Array(input);
  else if (typeof input !== "object") throw new TypeError("no trace can be read from that");
  else if ("getReader" in input) yield* streamChunks(input);
  else if ("arrayBuffer" in input) yield* streamChunks(input.stream());
  else yield* input;
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
