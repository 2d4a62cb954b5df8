import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { tryFor } from "../files.js";
import { Failure } from "../io.js";
import { createGuestFile, createNewFile } from "./guest-file.js";
import { makeFolders, removeMade } from "./make-folders.js";
import type { OutputOptions } from "./output-file.js";
import { createTemporaryFolder, removeTemporary } from "./temporary-files.js";

/**
 * Files that are written into a folder. They have other names until all of them are complete, unless
 * they are `live`. A link in the folder is replaced, not followed. All methods throw `Failure`.
 */
export class OutputFolder {
  readonly #folder: string;
  readonly #options: OutputOptions;
  readonly #names = new Set<string>();
  /** Folders that were made for it. */
  readonly #made: string[] = [];
  /** Where files are until they have their names. */
  #staging: string | undefined;

  /** The folder is made, if it is not there, for the first file. */
  constructor(folder: string, options: OutputOptions = {}) {
    this.#folder = folder;
    this.#options = options;
  }

  /** The path that a file has in the end. */
  pathOf(name: string): string {
    return path.join(this.#folder, name);
  }

  /** Creates a file; gives its descriptor. */
  create(name: string, flags: number = constants.O_WRONLY): number {
    const file = this.pathOf(name);
    this.#options.inputs?.refuse(file);
    this.#makeFolder();
    const { live, guestData } = this.#options;
    return tryFor(file, () => {
      refuseFolder(file);
      this.#names.add(name);
      if (guestData) return createGuestFile(this.#currentPath(name), flags);
      if (live) rmSync(file, { force: true });
      return createNewFile(this.#currentPath(name), undefined, flags);
    });
  }

  /** Opens a file again that was created and closed. */
  reopen(name: string, flags: number): number {
    return tryFor(this.pathOf(name), () =>
      openSync(this.#currentPath(name), flags | constants.O_NOFOLLOW),
    );
  }

  /** Creates a file with its contents. */
  write(name: string, contents: string | Uint8Array): void {
    const handle = this.create(name);
    try {
      tryFor(this.pathOf(name), () => writeFileSync(handle, contents));
    } finally {
      closeSync(handle);
    }
  }

  /** Makes the folder, if it is not there, and gives the files their names. They must be closed. */
  commit(): void {
    this.#makeFolder();
    if (this.#staging === undefined) return;
    for (const name of this.#names)
      tryFor(this.pathOf(name), () => refuseFolder(this.pathOf(name)));
    for (const name of this.#names) {
      tryFor(this.pathOf(name), () => renameSync(this.#currentPath(name), this.pathOf(name)));
    }
    removeTemporary(this.#staging);
    this.#staging = undefined;
  }

  /** Removes the files; what was there before is as it was, except for files that were written live. */
  discard(): void {
    if (this.#options.live) {
      for (const name of this.#names) rmSync(this.pathOf(name), { force: true });
    }
    this.#names.clear();
    if (this.#staging === undefined) return;
    removeTemporary(this.#staging);
    this.#staging = undefined;
    removeMade(this.#made);
  }

  #currentPath(name: string): string {
    return path.join(this.#staging ?? this.#folder, name);
  }

  #makeFolder(): void {
    const { live, guestData = false } = this.#options;
    tryFor(this.#folder, () => {
      makeFolders(path.resolve(this.#folder), { guestData, made: this.#made });
      if (live || this.#staging !== undefined) return;
      this.#staging = createTemporaryFolder(this.#folder);
    });
  }
}

function refuseFolder(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure(`${file}: is a folder`);
  }
}
