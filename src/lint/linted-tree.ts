import { parseFormatString } from "../../grammar/format-string.js";
import type { ParseResult } from "../../grammar/parse.js";
import { buildEventModel } from "../model/build-model.js";
import { bindConversions } from "./bound-conversion.js";
import type { LintedEvent, LintedFile } from "./linted-file.js";
import type { SourceTree } from "./source/source-tree.js";

/** All that is linted together: the declarations, and the calls if somebody asked for them. */
export interface LintedTree {
  readonly files: readonly LintedFile[];
  /** The declarations of a name, in the order of the files. */
  readonly declarations: (name: string) => readonly Declaration[];
  /** The sources, where they are scanned. */
  readonly sources: SourceTree | undefined;
}

/** An event and its file. */
export interface Declaration extends LintedEvent {
  readonly file: LintedFile;
}

/** A parsed file, and where it is: relative to the tree's top, with `/`. */
export interface TreeInput {
  readonly parsed: ParseResult;
  readonly path: string;
}

/** Gathers what rules want to know of parsed files. */
export function buildLintedTree(inputs: readonly TreeInput[], sources?: SourceTree): LintedTree {
  const files = inputs.map(buildLintedFile);
  let byName: Map<string, Declaration[]> | undefined;
  const declarations = (name: string) => {
    byName ??= gatherDeclarations(files);
    return byName.get(name) ?? [];
  };
  return { files, declarations, sources };
}

function gatherDeclarations(files: readonly LintedFile[]): Map<string, Declaration[]> {
  const byName = new Map<string, Declaration[]>();
  for (const file of files) {
    for (const linted of file.events) {
      const declaration = { ...linted, file };
      const others = byName.get(linted.event.name);
      if (others) others.push(declaration);
      else byName.set(linted.event.name, [declaration]);
    }
  }
  return byName;
}

function buildLintedFile({ parsed, path }: TreeInput): LintedFile {
  const events: LintedEvent[] = [];
  parsed.file.lines.forEach((node, index) => {
    if (node.kind !== "event") return;
    const place = { file: parsed.source.name, line: index + 1 };
    const event = buildEventModel(node, "", place);
    const last = event.format?.parsed;
    const formats = node.formats.map((format, at) =>
      at === node.formats.length - 1 && last ? last : parseFormatString(format),
    );
    const conversions = last ? bindConversions(last, event.arguments) : [];
    events.push({ node, event, formats, conversions });
  });
  return { path, parsed, events };
}
