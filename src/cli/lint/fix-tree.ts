import { createTwoFilesPatch } from "diff";
import { parse } from "../../../grammar/parse.js";
import { fixAll } from "../../lint/apply-fixes.js";
import { type LevelsFor, lintTree } from "../../lint/lint-tree.js";
import { buildLintedTree, type LintedTree } from "../../lint/linted-tree.js";
import { withoutControls } from "../../without-controls.js";

/** A file that fixes change. */
export interface FixedFile {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** How many fixes went in. */
  readonly applied: number;
}

/** Bytes that are no part of the text: writing the text back would lose them. */
const lossy: ReadonlySet<string> = new Set(["invalid-utf-8", "byte-order-mark"]);

/** Mends each file of a tree for itself; gives those that change. Those with bytes that are no text stay. */
export function fixTree(tree: LintedTree, levelsFor: LevelsFor): FixedFile[] {
  const fixed: FixedFile[] = [];
  for (const { parsed, path } of tree.files()) {
    if (parsed.problems.some(({ code }) => lossy.has(code))) continue;
    const { name, text: before } = parsed.source;
    const find = (text: string) => {
      const alone = buildLintedTree([{ path, parse: () => parse(text, name) }]);
      return lintTree(alone, levelsFor)[0]!.problems.flatMap(({ fix }) => fix ?? []);
    };
    const { text: after, applied } = fixAll(before, find);
    if (after !== before) fixed.push({ name, before, after, applied });
  }
  return fixed;
}

/** What a fix changes, as a unified diff that `patch -p1` and `git apply` take. */
export function printFixDiff({ name, before, after }: FixedFile): string {
  const path = name.replace(/^\.?\//, "");
  const patch = createTwoFilesPatch(quoted(`a/${path}`), quoted(`b/${path}`), before, after);
  return patch.replace(/^=+\n/, "").replace(/^((?:---|\+\+\+) .*?)\t$/gm, "$1");
}

/** A name with control characters in quotes, as Git writes it. */
function quoted(path: string): string {
  return withoutControls(path) === path ? path : JSON.stringify(path);
}
