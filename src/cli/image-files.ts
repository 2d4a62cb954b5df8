import { createHash } from "node:crypto";
import { closeSync, constants, ftruncateSync, readSync, writeSync } from "node:fs";
import type { RamImage } from "../migration/wire/ram-image.js";
import type { RamBlockInfo } from "../migration/wire/stream-item.js";
import { unreadable } from "./files.js";
import type { Inputs } from "./io.js";
import { OutputFolder } from "./outputs/output-folder.js";
import { IMAGE_EXTENSION, RAM_LIST } from "./recording-layout.js";

/** Pages that follow each other are written together, up to so many bytes. */
const BUFFERED = 256 * 1024;

/** Files that are open at a time, those used last: a process may have only so many. */
const MAX_OPEN = 32;

/** The longest name of a file, in bytes, on most file systems. */
const MAX_NAME = 255;

/** How images are written. */
export interface ImageOptions {
  /** What must not be overwritten. */
  readonly inputs?: Inputs | undefined;
  /** Whether the images have their names from the start, as the rest of a recording has. */
  readonly live?: boolean;
  /** Called with what a user should know of an image. */
  readonly onNote?: ((message: string) => void) | undefined;
}

/**
 * Writes memory images into a folder: a sparse file for each block, and `blocks.json` that lists them.
 * Where one cannot be written, such as on a full disk, all of them are removed.
 */
export class ImageFiles {
  readonly #folder: OutputFolder;
  readonly #live: boolean;
  readonly #files: { block: string; file: string; length: number; image: ImageFile }[] = [];
  /** In lower case, as some file systems do not tell names apart that differ in case only. */
  readonly #taken = new Set<string>();
  readonly #open = new Set<ImageFile>();
  readonly #onNote: ((message: string) => void) | undefined;

  /** The folder is made, if it is not there, for the first file. */
  constructor(folder: string, { inputs, live = false, onNote }: ImageOptions = {}) {
    this.#folder = new OutputFolder(folder, { inputs, live, guestData: true });
    this.#live = live;
    this.#onNote = onNote;
  }

  /** A new file for a block. Throws `Failure` if there is no room for it. */
  open({ name, usedLength }: RamBlockInfo): RamImage {
    // The list shows whose images these are, also if the process is killed.
    if (this.#live && this.isEmpty) this.#writeList([]);
    const file = this.#fileName(name);
    const image = this.#try(
      () =>
        new ImageFile(this.#folder, file, usedLength, this.#open, (action) => this.#try(action)),
    );
    this.#files.push({ block: name, file, length: usedLength, image });
    return image;
  }

  /** Whether there is no block so far. */
  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  /** Writes buffered bytes. Throws `Failure` if that cannot be. */
  flush(): void {
    for (const { image } of this.#files) image.flush();
  }

  /** Closes the files, writes the list and gives all of them their names; returns the list's entries. */
  finish(): readonly { readonly block: string; readonly file: string; readonly length: number }[] {
    const list = this.#files.map(({ image, ...entry }) => {
      image.close();
      return entry;
    });
    this.#writeList(list);
    this.#try(() => this.#folder.commit());
    return list;
  }

  #writeList(list: readonly object[]): void {
    this.#try(() => this.#folder.write(RAM_LIST, `${JSON.stringify(list, null, 2)}\n`));
  }

  /** Removes all files. */
  discard(): void {
    for (const { image } of this.#files.splice(0)) image.discard();
    this.#taken.clear();
    this.#folder.discard();
  }

  #try<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /**
   * A block's name as a file's: what could be a path, or hidden, is replaced, and what is too long is
   * cut and told apart by a hash of the name.
   */
  #fileName(block: string): string {
    const safe = block.replace(/[^\w.@:-]/g, "_").replace(/^[._]+/, "") || "block";
    let name = fitting(safe, `-${createHash("sha256").update(block).digest("hex").slice(0, 16)}`);
    for (let number = 2; this.#taken.has(name.toLowerCase()); number += 1) {
      name = `${cut(safe, `-${number}`)}-${number}`;
    }
    this.#taken.add(name.toLowerCase());
    const file = `${name}${IMAGE_EXTENSION}`;
    if (!name.startsWith(safe)) {
      this.#onNote?.(`the name of RAM block ${block} is too long for a file; its image is ${file}`);
    }
    return file;
  }
}

/** A name, or where it is too long for a file what fits of it and `suffix`. */
function fitting(name: string, suffix: string): string {
  return cut(name, "") === name ? name : `${cut(name, suffix)}${suffix}`;
}

function cut(name: string, suffix: string): string {
  return name.slice(0, MAX_NAME - IMAGE_EXTENSION.length - suffix.length);
}

class ImageFile implements RamImage {
  readonly #folder: OutputFolder;
  readonly #file: string;
  readonly #size: number;
  /** The images that have a file open, those first that were used longest ago. */
  readonly #open: Set<ImageFile>;
  /** Runs what reads or writes a file. */
  readonly #run: <T>(action: () => T) => T;
  #handle: number | undefined;
  #made = false;
  #buffer: Uint8Array | undefined;
  #at = 0;
  #length = 0;

  constructor(
    folder: OutputFolder,
    file: string,
    size: number,
    open: Set<ImageFile>,
    run: <T>(action: () => T) => T,
  ) {
    this.#folder = folder;
    this.#file = file;
    this.#size = size;
    this.#open = open;
    this.#run = run;
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

  /** Closes the file without writing buffered bytes. */
  discard(): void {
    this.#length = 0;
    this.close();
  }

  /** The file's handle; what was used longest ago is closed for it if need be. */
  #opened(): number {
    this.#open.delete(this);
    this.#open.add(this);
    if (this.#handle !== undefined) return this.#handle;
    const [oldest] = this.#open;
    if (this.#open.size > MAX_OPEN) oldest!.close();
    const handle = this.#made
      ? this.#try(() => this.#folder.reopen(this.#file, constants.O_RDWR))
      : this.#folder.create(this.#file, constants.O_RDWR);
    this.#handle = handle;
    if (!this.#made) this.#resize(handle);
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

  #resize(handle: number): void {
    try {
      ftruncateSync(handle, this.#size);
    } catch (error) {
      // Nobody has this image yet who could close it.
      this.close();
      throw unreadable(this.#folder.pathOf(this.#file), error);
    }
  }

  #try<T>(action: () => T): T {
    return this.#run(() => {
      try {
        return action();
      } catch (error) {
        throw unreadable(this.#folder.pathOf(this.#file), error);
      }
    });
  }
}
