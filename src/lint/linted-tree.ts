import type { ParseResult } from "../../grammar/parse.js";
import type { EventModel } from "../model/event-model.js";
import { buildLintedFile, type LintedFile } from "./linted-file.js";
import type { QemuVersion } from "./qemu-version.js";
import type { SourceTree } from "./source/source-tree.js";

/** All that is linted together: the declarations, and the calls if somebody asked for them. */
export interface LintedTree {
  /** How many files are linted. */
  readonly size: number;
  /** The files, each parsed when its turn comes, so that no more than one need be held. */
  readonly files: () => Iterable<LintedFile>;
  /** The declarations of a name, in the order of the files; also by files that are not linted. */
  readonly declarations: (name: string) => readonly EventModel[];
  /** The names of all events. */
  readonly names: () => Iterable<string>;
  /** The sources, where they are scanned. */
  readonly sources: SourceTree | undefined;
  /** The version of QEMU that is to read the files, if one was asked for. */
  readonly qemu: QemuVersion | undefined;
}

/** A trace-events file, and where it is: relative to the tree's top, with `/`. */
export interface TreeInput {
  readonly path: string;
  readonly parse: () => ParseResult;
}

/** What is known beside the files that are linted. */
export interface TreeContext {
  readonly sources?: SourceTree | undefined;
  readonly qemu?: QemuVersion | undefined;
  /** Files of the same tree that are not linted: they declare what the sources may call. */
  readonly others?: readonly TreeInput[];
}

/** Gathers what rules want to know of files. */
export function buildLintedTree(
  inputs: readonly TreeInput[],
  { sources, qemu, others = [] }: TreeContext = {},
): LintedTree {
  // Once a rule asks what other files declare, all are parsed, and then kept.
  let kept: readonly LintedFile[] | undefined;
  let byName: ReadonlyMap<string, readonly EventModel[]> | undefined;
  const known = () => {
    kept ??= inputs.map(buildLintedFile);
    byName ??= gatherDeclarations([...kept, ...others.map(buildLintedFile)]);
    return byName;
  };
  return {
    size: inputs.length,
    *files() {
      for (const [index, input] of inputs.entries()) yield kept?.[index] ?? buildLintedFile(input);
    },
    declarations: (name) => known().get(name) ?? [],
    names: () => known().keys(),
    sources,
    qemu,
  };
}

function gatherDeclarations(files: readonly LintedFile[]): Map<string, EventModel[]> {
  const byName = new Map<string, EventModel[]>();
  for (const { events } of files) {
    for (const { event } of events) {
      const others = byName.get(event.name);
      if (others) others.push(event);
      else byName.set(event.name, [event]);
    }
  }
  return byName;
}
