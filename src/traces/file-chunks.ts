/** The part of `node:fs/promises` that reading a file takes. */
interface FilesHost {
  readonly open: (path: string | URL) => Promise<FileHandle>;
}

interface FileHandle {
  readonly stat: () => Promise<{ readonly isFile: () => boolean }>;
  readonly read: (
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: null,
  ) => Promise<{ readonly bytesRead: number }>;
  readonly close: () => Promise<void>;
}

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
  const file = await filesHost().open(path);
  let ahead: Promise<Uint8Array> | undefined;
  try {
    // A read of a pipe may wait for ever, and could not be called off.
    const isFile = (await file.stat()).isFile();
    const blocks = Array.from({ length: BLOCKS }, () => new Uint8Array(BLOCK));
    const read = async (block: Uint8Array) =>
      block.subarray(0, (await file.read(block, 0, BLOCK, null)).bytesRead);
    for (let turn = 0; ; turn = (turn + 1) % BLOCKS) {
      const block = await (ahead ?? read(blocks[turn]!));
      ahead = isFile && block.length > 0 ? read(blocks[(turn + 1) % BLOCKS]!) : undefined;
      if (block.length === 0) return;
      yield block;
    }
  } finally {
    await ahead?.catch(() => {});
    await file.close();
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
  const files = process?.getBuiltinModule?.("node:fs/promises");
  if (!files) throw new TypeError("no file can be opened by its path here: give its bytes");
  return files as FilesHost;
}
