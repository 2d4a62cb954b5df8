import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sharedPath } from "./tools.js";

/** The versions of QEMU whose trace-events files the shared folder holds. */
export const corpusVersions = ["qemu-10.0.2", "qemu-10.2.2"] as const;

/** A real trace-events file; `path` is relative to QEMU's tree. */
export interface CorpusFile {
  readonly version: string;
  readonly path: string;
  readonly text: string;
}

/** All trace-events files of a version, the joined `trace-events-all` among them. Needs `shared`. */
export function corpusFiles(version: string): CorpusFile[] {
  const folder = sharedPath("corpus", version);
  return readdirSync(folder, { encoding: "utf8", recursive: true })
    .filter((path) => /(^|\/)trace-events(-all)?$/.test(path))
    .sort()
    .map((path) => ({ version, path, text: readFileSync(join(folder, path), "utf8") }));
}

/** The files that people wrote: all but the joined one. */
export function corpusSources(version: string): CorpusFile[] {
  return corpusFiles(version).filter(({ path }) => path !== "trace-events-all");
}
