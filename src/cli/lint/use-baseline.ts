import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FileProblems } from "../../diagnostics/file-problems.js";
import { applyBaseline, makeBaseline, parseBaseline, printBaseline } from "../../lint/baseline.js";
import { unreadable } from "../files.js";
import { Failure, type Io } from "../io.js";
import { writeOutput } from "../outputs/output-file.js";

/** Files are named in a baseline by their paths from its folder on, so that it can be committed. */
function namesFrom(baseline: string): (file: FileProblems) => string {
  const folder = path.dirname(path.resolve(baseline));
  return ({ source }) =>
    source.name === "-"
      ? "-"
      : path.relative(folder, path.resolve(source.name)).split(path.sep).join("/");
}

/** Takes the findings that a baseline knows out. */
export async function withoutKnown(
  files: readonly FileProblems[],
  baseline: string,
  io: Io,
): Promise<readonly FileProblems[]> {
  const text = await readFile(baseline, "utf8").catch((error: unknown) => {
    throw unreadable(baseline, error);
  });
  const parsed = parseBaseline(text);
  if (typeof parsed === "string") throw new Failure(`${baseline}: ${parsed}`);
  const { files: left, known, gone } = applyBaseline(files, parsed, namesFrom(baseline));
  const mended = gone > 0 ? `; ${gone} it names are gone: --update-baseline forgets them` : "";
  io.err(`${baseline}: ${known} findings are known${mended}\n`);
  return left;
}

/** Writes a baseline that knows all findings. */
export async function writeBaseline(
  files: readonly FileProblems[],
  baseline: string,
  io: Io,
): Promise<void> {
  const text = printBaseline(makeBaseline(files, namesFrom(baseline)));
  await writeOutput(baseline, text, { inputs: io.inputs });
  const count = files.reduce((sum, { problems }) => sum + problems.length, 0);
  io.err(`${baseline}: ${count} findings written\n`);
}
