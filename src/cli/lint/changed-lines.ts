import { execFile } from "node:child_process";
import { realpathSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { Failure } from "../io.js";

/** True for a line, counted from 1, that is not the same in the revision. */
export type IsChanged = (file: string, line: number) => boolean;

interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * Which lines have changed since a revision, in the git repository of the working folder. All lines
 * of a file that git does not know have.
 */
export async function changedLines(base: string): Promise<IsChanged> {
  if (base.startsWith("-")) throw new Failure(`--diff: '${base}' is no revision`);
  const top = (await git(["rev-parse", "--show-toplevel"])).trimEnd();
  const options = [
    "--no-color",
    "--no-ext-diff",
    "--no-renames",
    "--src-prefix=a/",
    "--dst-prefix=b/",
  ];
  const diff = await git(
    ["-c", "core.quotePath=false", "diff", "-U0", ...options, base, "--"],
    top,
  );
  const untracked = await git(["ls-files", "-z", "--others", "--exclude-standard"], top);
  const changed = readHunks(diff);
  const unknown = new Set(untracked.split("\0"));
  return (file, line) => {
    const inside = slashes(path.relative(top, realPath(file)));
    if (unknown.has(inside)) return true;
    return (changed.get(inside) ?? []).some(({ first, last }) => first <= line && line <= last);
  };
}

/** The lines that a diff without context gives to each file. */
export function readHunks(diff: string): ReadonlyMap<string, readonly Range[]> {
  const files = new Map<string, Range[]>();
  let ranges: Range[] = [];
  let left = 0;
  for (const line of diff.split("\n")) {
    // Inside a hunk every line is text, also one that looks like a header.
    if (left > 0 && /^[-+]/.test(line)) {
      left--;
      continue;
    }
    const file = /^\+\+\+ (?:"b\/(.*)"|b\/(.*?))\t?$/.exec(line);
    if (file) {
      ranges = [];
      files.set(file[1] ?? file[2]!, ranges);
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!hunk) continue;
    const [removed, first, added] = [Number(hunk[1] ?? 1), Number(hunk[2]), Number(hunk[3] ?? 1)];
    left = removed + added;
    if (added > 0) ranges.push({ first, last: first + added - 1 });
  }
  return files;
}

async function git(args: readonly string[], cwd?: string): Promise<string> {
  try {
    const run = promisify(execFile);
    const { stdout } = await run("git", [...args], { cwd, maxBuffer: 1 << 30 });
    return stdout;
  } catch (error) {
    const { stderr, code } = error as { stderr?: string; code?: string };
    if (code === "ENOENT") throw new Failure("--diff: there is no git");
    throw new Failure(`--diff: ${(stderr ?? String(error)).trim().split("\n")[0]}`);
  }
}

/** Git's top is a real path; a file may be named through links. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

function slashes(file: string): string {
  return file.split(path.sep).join("/");
}
