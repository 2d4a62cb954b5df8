/** The part of Node's streams of `node:zlib` that is used here. */
export interface ZlibStream {
  /** How many bytes of input were consumed. */
  readonly bytesWritten: number;
  read(): Uint8Array | null;
  write(bytes: Uint8Array, done: (error?: Error | null) => void): void;
  end(): void;
  on(event: "readable" | "end", listener: () => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  destroy(): void;
}

/** The part of `node:zlib` that is used here; zstd is there since Node 22.15. */
export interface NodeZlib {
  readonly createGunzip: (options: { readonly chunkSize: number }) => ZlibStream;
  readonly createZstdDecompress?: (options: {
    readonly chunkSize: number;
    readonly readableHighWaterMark: number;
  }) => ZlibStream;
}

/** Node's zlib where the host has one; `src/traces/file-chunks.ts` says why it is not imported. */
export function nodeZlib(): NodeZlib | null {
  const { process } = globalThis as {
    process?: { readonly getBuiltinModule?: (name: string) => unknown };
  };
  return (process?.getBuiltinModule?.("node:zlib") ?? null) as NodeZlib | null;
}

/** Feeds a stream of Node's zlib, and gives what it makes of its input, as it is asked for. */
export class ZlibFeeder {
  readonly #stream: ZlibStream;
  #ended = false;
  #failure: Error | undefined;
  #wake = () => {};

  constructor(stream: ZlibStream) {
    this.#stream = stream;
    stream.on("readable", () => this.#wake());
    stream.on("end", () => {
      this.#ended = true;
      this.#wake();
    });
    stream.on("error", (error) => this.#fail(error));
  }

  /** How many bytes of input were consumed. */
  get consumed(): number {
    return this.#stream.bytesWritten;
  }

  /**
   * What comes of these bytes, or of the end of the input. They are taken in another thread: leave
   * them as they are until all is read. Throws the stream's error.
   */
  async *take(bytes: Uint8Array | undefined): AsyncGenerator<Uint8Array, void, void> {
    let written = false;
    if (bytes) {
      this.#stream.write(bytes, (error) => {
        written = true;
        if (error) this.#fail(error);
        else this.#wake();
      });
    } else {
      this.#stream.end();
    }
    for (;;) {
      const content = this.#stream.read();
      if (content) yield content;
      else if (this.#failure) throw this.#failure;
      // A stream that ends before its input does not call back for what it leaves.
      else if (written || this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  close(): void {
    this.#stream.destroy();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}
