import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import type { RamImage } from "../migration/wire/ram-image.js";
import type { RamBlockInfo } from "../migration/wire/stream-item.js";
import { unreadable } from "./files.js";

/** Pages that follow each other are written together, up to so many bytes. */
const BUFFERED = 256 * 1024;

/** Files that are open at a time, those used last; a process may have some hundred. */
const MAX_OPEN = 64;

/** Writes memory images into a folder: a sparse file for each block, and `blocks.json` that lists them. */
export class ImageFiles {
  readonly #folder: string;
  readonly #files: { block: string; file: string; length: number; image: ImageFile }[] = [];

  readonly #open = new Set<ImageFile>();
  readonly #onFailure: () => void;

  /**
   * The folder is made, if it is not there, for the first file. With `giveWay`, all files are taken
   * away where one cannot be written, such as on a full disk: what else is written there matters more.
   */
  constructor(folder: string, { giveWay = false }: { giveWay?: boolean } = {}) {
    this.#folder = folder;
    this.#onFailure = giveWay ? () => this.discard() : () => {};
  }

  /** A new file for a block. Throws `Failure` if there is no room for it. */
  open({ name, usedLength }: RamBlockInfo): RamImage {
    this.#makeFolder();
    const file = this.#fileName(name);
    const image = new ImageFile(
      path.join(this.#folder, file),
      usedLength,
      this.#open,
      this.#onFailure,
    );
    this.#files.push({ block: name, file, length: usedLength, image });
    return image;
  }

  /** Whether there is no block so far. */
  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  /** Writes out what is held back. Throws `Failure` if that cannot be. */
  flush(): void {
    for (const { image } of this.#files) image.flush();
  }

  /** Closes the files and writes the list; gives its entries. Throws `Failure` if that cannot be. */
  finish(): readonly { readonly block: string; readonly file: string; readonly length: number }[] {
    const list = this.#files.map(({ image, ...entry }) => {
      image.close();
      return entry;
    });
    this.#makeFolder();
    try {
      writeFileSync(this.#list, `${JSON.stringify(list, null, 2)}\n`);
    } catch (error) {
      this.#onFailure();
      throw unreadable(this.#list, error);
    }
    return list;
  }

  /** Takes all files away. */
  discard(): void {
    if (this.isEmpty) return;
    for (const { image } of this.#files.splice(0)) image.discard();
    rmSync(this.#list, { force: true });
  }

  get #list(): string {
    return path.join(this.#folder, "blocks.json");
  }

  #makeFolder(): void {
    try {
      makeFolder(this.#folder);
    } catch (error) {
      throw unreadable(this.#folder, error);
    }
  }

  /** A block's name as a file's: what could be a path, or hidden, is replaced. */
  #fileName(block: string): string {
    const safe = block.replace(/[^\w.@:-]/g, "_").replace(/^[._]+/, "") || "block";
    const taken = (name: string) => this.#files.some(({ file }) => file === `${name}.img`);
    let name = safe;
    for (let number = 2; taken(name); number += 1) name = `${safe}-${number}`;
    return `${name}.img`;
  }
}

/** Makes a folder and those above. Node's own way never ends where none can be made, as in /proc. */
function makeFolder(folder: string): void {
  const parent = path.dirname(path.resolve(folder));
  if (!existsSync(parent)) makeFolder(parent);
  if (existsSync(folder)) readdirSync(folder);
  else mkdirSync(folder);
}

class ImageFile implements RamImage {
  readonly #file: string;
  readonly #size: number;
  /** The images that have a file open, those first that were used longest ago. */
  readonly #open: Set<ImageFile>;
  /** Called when it cannot be written or read. */
  readonly #onFailure: () => void;
  #handle: number | undefined;
  #made = false;
  #buffer: Uint8Array | undefined;
  #at = 0;
  #length = 0;

  constructor(file: string, size: number, open: Set<ImageFile>, onFailure: () => void) {
    this.#file = file;
    this.#size = size;
    this.#open = open;
    this.#onFailure = onFailure;
    this.#opened();
  }

  write(address: number, bytes: Uint8Array): void {
    const follows = address === this.#at + this.#length;
    if (!follows || this.#length + bytes.length > BUFFERED) {
      this.flush();
      this.#at = address;
    }
    this.#buffer ??= new Uint8Array(BUFFERED);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  read(address: number, length: number): Uint8Array {
    // What is held back can wait on, unless it is what is asked for.
    if (address < this.#at + this.#length && this.#at < address + length) this.flush();
    const bytes = new Uint8Array(length);
    this.#try(() => readSync(this.#opened(), bytes, 0, length, address));
    return bytes;
  }

  /** Closes the file, even if what is held back finds no room. */
  close(): void {
    try {
      this.flush();
    } finally {
      if (this.#handle !== undefined) closeSync(this.#handle);
      this.#handle = undefined;
      this.#buffer = undefined;
      this.#open.delete(this);
    }
  }

  /** Takes the file away, with what is held back. */
  discard(): void {
    this.#length = 0;
    this.close();
    rmSync(this.#file, { force: true });
  }

  /** The file's handle; what was used longest ago is closed for it if need be. */
  #opened(): number {
    this.#open.delete(this);
    this.#open.add(this);
    if (this.#handle !== undefined) return this.#handle;
    const [oldest] = this.#open;
    if (this.#open.size > MAX_OPEN) oldest!.close();
    const handle = this.#try(() => openSync(this.#file, this.#made ? "r+" : "w+"));
    this.#handle = handle;
    if (!this.#made) this.#try(() => ftruncateSync(handle, this.#size));
    this.#made = true;
    return handle;
  }

  flush(): void {
    for (let done = 0; done < this.#length; ) {
      const place = this.#at + done;
      done += this.#try(() =>
        writeSync(this.#opened(), this.#buffer!, done, this.#length - done, place),
      );
    }
    this.#at += this.#length;
    this.#length = 0;
  }

  #try<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.#onFailure();
      throw unreadable(this.#file, error);
    }
  }
}
