import type { CommentNode, FileNode } from "../../grammar/ast.js";
import type { Span } from "../../grammar/source.js";

/** A rule that a comment excuses a line from. */
export interface Ignore {
  readonly rule: string;
  /** Where the rule's name stands in the comment. */
  readonly span: Span;
  readonly comment: CommentNode;
  /** How many rules the comment names. */
  readonly rules: number;
}

const pattern = /^#\s*qtrace-ignore\s+/;

/**
 * The rules that each event's line is excused from, by line counted from 1:
 * `# qtrace-ignore RULE, RULE -- why` directly above it, or above other comments that are.
 */
export function findIgnores({ lines }: FileNode, text: string): Map<number, Ignore[]> {
  const byLine = new Map<number, Ignore[]>();
  if (!text.includes("qtrace-ignore")) return byLine;
  let pending: Ignore[] = [];
  for (const [index, node] of lines.entries()) {
    if (node.kind === "comment") {
      pending = pending.concat(readIgnores(node, text));
      continue;
    }
    if (pending.length > 0) byLine.set(index + 1, pending);
    pending = [];
  }
  if (pending.length > 0) byLine.set(lines.length + 1, pending);
  return byLine;
}

function readIgnores(comment: CommentNode, text: string): Ignore[] {
  const written = text.slice(comment.span.start, comment.span.end);
  const head = pattern.exec(written)?.[0].length;
  if (head === undefined) return [];
  const reason = written.indexOf(" -- ", head - 1);
  const list = written.slice(head, reason < 0 ? undefined : reason);
  const names = [...list.matchAll(/[^\s,]+/g)];
  return names.map((match) => {
    const start = comment.span.start + head + match.index;
    const span = { start, end: start + match[0].length };
    return { rule: match[0], span, comment, rules: names.length };
  });
}
