import { parseFormatString } from "../../grammar/format-string.js";
import type { ParseResult } from "../../grammar/parse.js";
import { buildEventModel } from "../model/build-model.js";
import { bindConversions } from "./bound-conversion.js";
import type { LintedEvent, LintedFile } from "./linted-file.js";
import type { QemuVersion } from "./qemu-version.js";
import type { SourceTree } from "./source/source-tree.js";

/** All that is linted together: the declarations, and the calls if somebody asked for them. */
export interface LintedTree {
  readonly files: readonly LintedFile[];
  /** The declarations of a name, in the order of the files; also by files that are not linted. */
  readonly declarations: (name: string) => readonly Declaration[];
  /** The names of all events. */
  readonly names: () => Iterable<string>;
  /** The sources, where they are scanned. */
  readonly sources: SourceTree | undefined;
  /** The version of QEMU that is to read the files, if one was asked for. */
  readonly qemu: QemuVersion | undefined;
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

/** What is known beside the files that are linted. */
export interface TreeContext {
  readonly sources?: SourceTree | undefined;
  readonly qemu?: QemuVersion | undefined;
  /** Files of the same tree that are not linted: they declare what the sources may call. */
  readonly others?: readonly TreeInput[];
}

/** Gathers what rules want to know of parsed files. */
export function buildLintedTree(
  inputs: readonly TreeInput[],
  { sources, qemu, others = [] }: TreeContext = {},
): LintedTree {
  const files = inputs.map(buildLintedFile);
  let byName: Map<string, Declaration[]> | undefined;
  const known = () => {
    byName ??= gatherDeclarations([...files, ...others.map(buildLintedFile)]);
    return byName;
  };
  return {
    files,
    declarations: (name) => known().get(name) ?? [],
    names: () => known().keys(),
    sources,
    qemu,
  };
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
