import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { mayTrace, scanSource } from "../../lint/source/scan-source.js";
import type { SourceFile } from "../../lint/source/source-file.js";
import { buildSourceTree, type SourceTree } from "../../lint/source/source-tree.js";
import { unreadable } from "../files.js";
import type { Io } from "../io.js";
import { startProgress } from "./scan-progress.js";

/** C, what is included in C, Objective-C, C++ and Rust. */
const sources = /\.(?:[chm]|cc|cpp|inc|rs)$/;

/** So many files are read at once. */
const AT_ONCE = 32;

/** Scans the sources of a tree for calls of tracers. Folders that Meson builds in are left out. */
export async function readSourceTree(top: string, io: Io): Promise<SourceTree> {
  const paths: string[] = [];
  await walk(top, "", paths).catch((error: unknown) => {
    throw unreadable(top, error);
  });
  const wanted = paths.filter((file) => sources.test(file));
  const progress = startProgress("scanning", io);
  const scanned: SourceFile[] = [];
  let next = 0;
  const work = async () => {
    while (next < wanted.length) {
      const file = wanted[next++]!;
      const found = await scanFile(top, file);
      if (found) scanned.push(found);
      progress.update(next, wanted.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  progress.end();
  scanned.sort((a, b) => (a.path < b.path ? -1 : 1));
  return buildSourceTree(scanned, paths);
}

async function scanFile(top: string, file: string): Promise<SourceFile | undefined> {
  const name = path.join(top, file);
  const bytes = await readFile(name).catch((error: unknown) => {
    throw unreadable(name, error);
  });
  // Most files trace nothing: they are not even decoded.
  if (!mayTrace(bytes)) return undefined;
  return scanSource(file, bytes.toString("utf8"), name);
}

async function walk(top: string, folder: string, paths: string[]): Promise<void> {
  const entries = await readdir(path.join(top, folder), { withFileTypes: true });
  if (folder !== "" && entries.some(isBuildFolder)) return;
  const below: Promise<void>[] = [];
  for (const entry of entries) {
    const inside = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile()) paths.push(inside);
    else if (entry.isDirectory() && entry.name !== ".git") below.push(walk(top, inside, paths));
  }
  await Promise.all(below);
}

function isBuildFolder({ name }: Dirent): boolean {
  return name === "build.ninja";
}
