import path from "node:path";
import { parseBytes } from "../../../grammar/parse-bytes.js";
import { buildLintedTree, type LintedTree, type TreeInput } from "../../lint/linted-tree.js";
import type { QemuVersion } from "../../lint/qemu-version.js";
import { findTraceEvents, readBytes, type TraceEventsFile } from "../files.js";
import { Failure, type Io } from "../io.js";
import { readSourceTree } from "./read-source-tree.js";

/**
 * The files to lint, and with `--source DIR` what its sources say of trace events. Paths in the tree
 * are relative to DIR where a file lies in it, else to the folder that was named.
 */
export async function readTree(
  inputs: readonly string[],
  source: string | undefined,
  qemu: QemuVersion | undefined,
  io: Io,
): Promise<LintedTree> {
  const files = await readInputs(inputs, source, io);
  if (source === undefined) return buildLintedTree(files, { qemu });
  const sources = await readSourceTree(source, io);
  const linted = new Set(files.map((file) => file.path));
  const others = await otherFiles(source, linted, io);
  return buildLintedTree(files, { sources, qemu, others });
}

async function readInputs(
  inputs: readonly string[],
  source: string | undefined,
  io: Io,
): Promise<TreeInput[]> {
  const found = await findTraceEvents(inputs);
  const unique = new Map(found.map((input) => [input.file, input]));
  const files = [...unique.values()].map(({ file, groupPath }) => {
    return { file, groupPath: (source !== undefined && insideOf(source, file)) || groupPath };
  });
  return readAll(files, io);
}

/** What the sources may call, declared by files of the tree that are not linted. */
async function otherFiles(
  source: string,
  linted: ReadonlySet<string>,
  io: Io,
): Promise<TreeInput[]> {
  const found = await findTraceEvents([source]).catch((error: unknown) => {
    // A tree of sources alone: the events that are linted are all there are.
    if (error instanceof Failure) return [];
    throw error;
  });
  const others = found.filter(({ groupPath }) => !linted.has(groupPath));
  return readAll(others, io);
}

/**
 * Reads files one after another: a process may have only so many open. A file's bytes are held, its
 * tree is not: it has some fifty times their size.
 */
async function readAll(files: readonly TraceEventsFile[], io: Io): Promise<TreeInput[]> {
  const inputs: TreeInput[] = [];
  for (const { file, groupPath } of files) {
    const bytes = await readBytes(file, io);
    inputs.push({ path: groupPath, parse: () => parseBytes(bytes, file) });
  }
  return inputs;
}

/** The path inside a folder, with `/`; none if the file is elsewhere. */
function insideOf(folder: string, file: string): string | undefined {
  const relative = path.relative(folder, file);
  const outside = relative.startsWith("..") || path.isAbsolute(relative) || file === "-";
  return outside ? undefined : relative.split(path.sep).join("/");
}
