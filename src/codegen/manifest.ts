import type { ArgumentModel, EventModel, WireKind } from "../model/event-model.js";
import { version } from "../version.js";
import { argumentKind } from "./argument-type.js";
import type { SourceName } from "./generate-options.js";

/** What tools that do not read trace-events files want to know of events; see docs/manifest.md. */
export interface Manifest {
  /** The version of this layout: 1. */
  readonly manifest: 1;
  readonly generator: string;
  readonly events: readonly ManifestEvent[];
}

/** An event of a manifest. */
export interface ManifestEvent {
  /** Its place among all declarations, from 0: its id in traces that do not name their events. */
  readonly id: number;
  readonly group: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly arguments: readonly ManifestArgument[];
  /** The declaration on one line, the format in it. */
  readonly declaration: string;
  readonly file: string;
  readonly line: number;
}

/** An argument of an event of a manifest. */
export interface ManifestArgument {
  readonly name: string;
  /** The C type as declared, laid out the one way. */
  readonly type: string;
  /** What it is on LP64: `i8` to `u64`, `bool`, `pointer` or `string`. */
  readonly kind: string;
  /** How simpletrace holds it: 64 bits, or a length of 32 bits and bytes. */
  readonly wire: WireKind;
}

/**
 * The manifest of events, in the order of their declarations; `sourceName` tells what it calls a file.
 * Throws `TypeError` as `generate` does.
 */
export function manifest(
  events: readonly EventModel[],
  sourceName: SourceName = (file) => file,
): Manifest {
  return {
    manifest: 1,
    generator: `qtrace ${version}`,
    events: events.map((event, id) => ({
      id,
      group: event.group,
      name: event.name,
      disabled: event.disabled,
      arguments: event.arguments.map(manifestArgument),
      declaration: event.declaration,
      file: sourceName(event.place.file),
      line: event.place.line,
    })),
  };
}

function manifestArgument(argument: ArgumentModel): ManifestArgument {
  const { name, type, wire } = argument;
  return { name, type: type.spelling, kind: argumentKind(argument), wire };
}
