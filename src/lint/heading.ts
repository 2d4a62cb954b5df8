import type { CommentNode, FileNode } from "../../grammar/ast.js";
import { matchPath } from "../glob.js";
import type { SourceTree } from "./source/source-tree.js";

/** A comment that names a source file and heads the events which that file calls. */
export interface Heading {
  readonly comment: CommentNode;
  /** As it is written: `dp8393x.c`, `hw/core/clock.c`; a `*` in it stands for any folders. */
  readonly file: string;
}

const fileName = /^[\w./+*-]+\.(?:[chmS]|cc|cpp|rs|inc)$/;

/** The headings of a file. */
export function findHeadings({ lines }: FileNode): Heading[] {
  return lines.flatMap((node) => (node.kind === "comment" ? (headingOf(node) ?? []) : []));
}

/**
 * The heading of each line, counted from 1. A comment of one word that is no file's name ends the
 * part of the heading before it; other comments may stand anywhere.
 */
export function headingsByLine({ lines }: FileNode): Map<number, Heading> {
  const byLine = new Map<number, Heading>();
  let current: Heading | undefined;
  for (const [index, node] of lines.entries()) {
    if (node.kind === "comment") {
      const heading = headingOf(node);
      if (heading || /^[\w-]+$/.test(node.text)) current = heading;
    } else if (current) byLine.set(index + 1, current);
  }
  return byLine;
}

function headingOf(comment: CommentNode): Heading | undefined {
  return fileName.test(comment.text) ? { comment, file: comment.text } : undefined;
}

/**
 * The files that a heading means: beside the trace-events file of this path or below it, else from
 * the tree's top on. None if there are no such files.
 */
export function filesOfHeading(
  { file }: Heading,
  eventsPath: string,
  sources: SourceTree,
): readonly string[] {
  const folder = eventsPath.slice(0, eventsPath.lastIndexOf("/") + 1);
  for (const candidate of [normalize(folder + file), normalize(file)]) {
    if (!candidate.includes("*")) {
      if (sources.has(candidate)) return [candidate];
      continue;
    }
    const basename = candidate.slice(candidate.lastIndexOf("/") + 1);
    const pattern = candidate.replaceAll("*/", "**/");
    const found = sources.named(basename).filter((path) => matchPath(pattern, path));
    if (found.length > 0) return found;
  }
  return [];
}

/** Takes `.` and `..` out of a path. */
function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
