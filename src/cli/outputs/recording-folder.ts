import { lstatSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { tryFor } from "../files.js";
import { Failure, type Inputs } from "../io.js";
import { isImageFile, isRecordingFile, RAM_FOLDER, RAM_LIST } from "../recording-layout.js";
import { makeFolders, removeMade } from "./make-folders.js";

/** How the folder of a new recording is opened. */
export interface RecordingFolderOptions {
  /** Whether an older recording in it is removed. */
  readonly force?: boolean | undefined;
  /** What must not be removed. */
  readonly inputs?: Inputs | undefined;
}

/** A folder that a recording is written to. */
export class RecordingFolder {
  readonly path: string;
  /** Folders that were not there before. */
  readonly #made: readonly string[];

  private constructor(folder: string, made: readonly string[]) {
    this.path = folder;
    this.#made = made;
  }

  /**
   * Makes the folder, and removes an older recording with its images: the new recording may have fewer
   * channels or RAM blocks. Throws `Failure` if it cannot, if there is one and `force` is not given, or
   * if one of its files is an input.
   */
  static open(folder: string, { force = false, inputs }: RecordingFolderOptions): RecordingFolder {
    return tryFor(folder, () => {
      const made: string[] = [];
      makeFolders(path.resolve(folder), { guestData: true, made });
      const old = filesIn(folder);
      if (old.length > 0 && !force) {
        throw new Failure(`${folder}: holds a recording already; --force writes over it`);
      }
      for (const file of old) inputs?.refuse(file);
      remove(old);
      return new RecordingFolder(folder, made);
    });
  }

  /** Removes all that was written. */
  discard(): void {
    remove(filesIn(this.path));
    removeMade(this.#made);
  }
}

/** The files of a recording, those of its images first. */
function filesIn(folder: string): string[] {
  const own = readdirSync(folder).filter(isRecordingFile);
  return [
    ...imagesIn(path.join(folder, RAM_FOLDER)),
    ...own.map((name) => path.join(folder, name)),
  ];
}

/** Only what is beside a list of images was written by qtrace. */
function imagesIn(folder: string): string[] {
  // Where it is a link, the images are somewhere else.
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const names = readdirSync(folder);
  if (!names.includes(RAM_LIST)) return [];
  return names.filter(isImageFile).map((name) => path.join(folder, name));
}

function remove(files: readonly string[]): void {
  for (const file of files) rmSync(file, { force: true });
  const list = files.find((file) => path.basename(file) === RAM_LIST);
  if (list !== undefined) removeMade([path.dirname(list)]);
}
