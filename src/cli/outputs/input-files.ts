import { type BigIntStats, fstatSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { Failure, type Inputs } from "../io.js";
import { isRecordingFile } from "../recording-layout.js";

/** The names of declarations that are read because they are beside a trace. */
const DECLARATIONS = ["trace-events-all", "trace-events"];

/**
 * What a command reads, by the identity of each file: its device and inode, which are the same by
 * whatever path, link or descriptor it is named.
 */
export class InputFiles implements Inputs {
  readonly #given: readonly string[];
  #names: Map<string, string> | undefined;

  /** `given` are files and folders, and `-` for standard input. What does not exist is ignored. */
  constructor(given: readonly string[]) {
    this.#given = given;
  }

  refuse(file: string, option?: string): void {
    const input = this.#inputThatIs(() => statSync(file, { bigint: true }));
    if (input === undefined) return;
    const output = option === undefined ? file : `${option} ${file}`;
    const what = input === file ? "is an input" : `is the same file as the input ${input}`;
    throw new Failure(`${output}: ${what}, which would be overwritten; choose another output`);
  }

  /** Throws `Failure` if a descriptor that is written to is a regular file, and an input. */
  refuseDescriptor(descriptor: number, name: string): void {
    const input = this.#inputThatIs(() => fstatSync(descriptor, { bigint: true }));
    if (input === undefined) return;
    throw new Failure(`${name} is the same file as the input ${input}; choose another output`);
  }

  #inputThatIs(stat: () => BigIntStats): string | undefined {
    const identity = identityOf(stat);
    if (identity === undefined) return undefined;
    this.#names ??= this.#read();
    return this.#names.get(identity);
  }

  /** Folders are walked only where an output exists, so that a new output costs nothing. */
  #read(): Map<string, string> {
    const names = new Map<string, string>();
    const add = (name: string, stat: () => BigIntStats) => {
      const identity = identityOf(stat);
      if (identity !== undefined && !names.has(identity)) names.set(identity, name);
      return identity !== undefined;
    };
    const addFile = (name: string) => add(name, () => statSync(name, { bigint: true }));
    for (const name of this.#given) {
      if (name === "-") add("standard input", () => fstatSync(0, { bigint: true }));
      else if (addFile(name)) {
        for (const beside of DECLARATIONS) addFile(path.join(path.dirname(name), beside));
      } else for (const file of inputsIn(name)) addFile(file);
    }
    return names;
  }
}

/** What commands read of a folder: recordings, declarations, data sets, at any depth. */
function inputsIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && isInput(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name));
  } catch {
    // Not a folder, or one that cannot be read: the command reports that.
    return [];
  }
}

function isInput(name: string): boolean {
  return (
    isRecordingFile(name) ||
    DECLARATIONS.includes(name) ||
    name === "dataset.json" ||
    name.endsWith(".parquet")
  );
}

/** Of regular files and disks; pipes and terminals can be read and written. */
function identityOf(stat: () => BigIntStats): string | undefined {
  try {
    const info = stat();
    if (info.isFile()) return `${info.dev}:${info.ino}`;
    return info.isBlockDevice() ? `disk ${info.rdev}` : undefined;
  } catch {
    return undefined;
  }
}
