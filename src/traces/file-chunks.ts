/** The part of `node:fs` that reading a file takes; its promises would cost more than the reading. */
interface FilesHost {
  readonly open: (path: string | URL, flags: "r", done: Done<number>) => void;
  readonly fstat: (file: number, done: Done<{ readonly isFile: () => boolean }>) => void;
  readonly read: (
    file: number,
    into: Uint8Array,
    offset: number,
    length: number,
    position: null,
    done: Done<number>,
  ) => void;
  readonly close: (file: number, done: Done<void>) => void;
}

type Done<T> = (error: Error | null, value: T) => void;

/** Large enough that asking for a block costs nothing beside reading it. */
const BLOCK = 1 << 20;
/** One block that is looked at, the one before it whose last record is not whole, one being read. */
const BLOCKS = 3;

/**
 * A file's bytes in blocks of 1 MiB; the next is read while one is looked at. A block is good until
 * the one behind the next is asked for: its memory is used again. Leaving the loop closes the file.
 *
 * Throws what the system says of a file that cannot be read, and `TypeError` where the host has no
 * files, as in a browser.
 */
export async function* fileChunks(path: string | URL): AsyncGenerator<Uint8Array, void, void> {
  const files = filesHost();
  const file = await promise<number>((done) => files.open(path, "r", done));
  let ahead: Promise<Uint8Array> | undefined;
  try {
    // A read of a pipe may wait for ever, and could not be called off.
    const stats = await promise<{ readonly isFile: () => boolean }>((done) =>
      files.fstat(file, done),
    );
    const isFile = stats.isFile();
    const blocks = Array.from({ length: BLOCKS }, () => new Uint8Array(BLOCK));
    const read = async (block: Uint8Array) => {
      const length = await promise<number>((done) => files.read(file, block, 0, BLOCK, null, done));
      return block.subarray(0, length);
    };
    for (let turn = 0; ; turn = (turn + 1) % BLOCKS) {
      const block = await (ahead ?? read(blocks[turn]!));
      ahead = isFile && block.length > 0 ? read(blocks[(turn + 1) % BLOCKS]!) : undefined;
      if (block.length === 0) return;
      yield block;
    }
  } finally {
    await ahead?.catch(() => {});
    await promise<void>((done) => files.close(file, done));
  }
}

/**
 * Node's files, without an import that a bundler for browsers would stumble over: this is what
 * `getBuiltinModule` is for.
 */
function filesHost(): FilesHost {
  const { process } = globalThis as {
    process?: { readonly getBuiltinModule?: (name: string) => unknown };
  };
  const files = process?.getBuiltinModule?.("node:fs");
  if (!files) throw new TypeError("no file can be opened by its path here: give its bytes");
  return files as FilesHost;
}

function promise<T>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)));
  });
}
