import path from "node:path";
import { fileURLToPath } from "node:url";
import { decodeSource } from "../../grammar/decode-source.js";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../model/build-model.js";
import { type Declared, skimDeclarations } from "../model/declaration.js";
import { EventTable } from "../model/event-table.js";
import { groupName } from "../model/group-name.js";
import { exists, findTraceEvents, readBytes } from "./files.js";
import { Failure, type Io } from "./io.js";

/** The declarations of events that decode a trace, and where they are from. */
export interface FoundEvents {
  readonly table: EventTable;
  readonly from: string;
}

const INSTALLED = "/usr/share/qemu/trace-events-all";

/**
 * The declarations to decode a trace by: what the user names, else the `trace-events-all` or
 * `trace-events` beside the trace, else the installed QEMU's, else this project's own.
 */
export async function readEvents(
  wanted: readonly string[] | undefined,
  trace: string | undefined,
  io: Io,
): Promise<FoundEvents> {
  const inputs = wanted ?? [await locateEvents(trace)];
  const declared: Declared[] = [];
  for (const { file, groupPath } of await findTraceEvents(inputs)) {
    const bytes = await readBytes(file, io);
    for (const one of declarationsIn(bytes, file, groupName(groupPath), io)) declared.push(one);
  }
  return { table: new EventTable(declared), from: inputs.join(", ") };
}

/** What a file declares: parsed as far as it is asked for, and whole where it has to be. */
function declarationsIn(
  bytes: Uint8Array,
  file: string,
  group: string,
  io: Io,
): readonly Declared[] {
  let told = false;
  const onBroken = (line: number) => {
    if (!told) io.err(`qtrace: ${file}:${line}: not all of it can be read; see qtrace lint\n`);
    told = true;
  };
  const { text } = decodeSource(bytes);
  const declarations = skimDeclarations(text, { group, file, onBroken });
  if (declarations) return declarations;
  const parsed = parse(text, file);
  const model = buildModel(parsed, { group });
  const first = parsed.file.lines.findIndex(({ kind }) => kind === "broken");
  if (first >= 0 && model.length === 0) throw new Failure(`${file} is not a trace-events file`);
  if (first >= 0) onBroken(first + 1);
  return model;
}

/** The declarations that decode a trace where the user names none. */
export async function locateEvents(trace: string | undefined): Promise<string> {
  const beside = trace === undefined || trace === "-" ? [] : ["trace-events-all", "trace-events"];
  const candidates = beside.map((name) => path.join(path.dirname(trace!), name));
  for (const candidate of [...candidates, INSTALLED]) {
    if (await exists(candidate)) return candidate;
  }
  return ownTraceEvents();
}

/** The folder `trace-events` of this package, from its sources or from what is built of them. */
export async function ownTraceEvents(): Promise<string> {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (path.dirname(folder) !== folder) {
    const candidate = path.join(folder, "trace-events", "migration", "trace-events");
    if (await exists(candidate)) return path.join(folder, "trace-events");
    folder = path.dirname(folder);
  }
  throw new Failure("this package's own trace-events folder is missing; give --events FILE");
}
