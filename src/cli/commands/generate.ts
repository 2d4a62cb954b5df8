import { readdir } from "node:fs/promises";
import path from "node:path";
import { GENERATED_MARK, generate } from "../../codegen/generate.js";
import type { SourceName } from "../../codegen/generate-options.js";
import { manifest } from "../../codegen/manifest.js";
import { severityOf } from "../../diagnostics/catalogue.js";
import { printProblem } from "../../diagnostics/print-problem.js";
import { lint } from "../../lint/lint.js";
import { buildRules } from "../../lint/registry.js";
import { buildModel } from "../../model/build-model.js";
import type { EventModel } from "../../model/event-model.js";
import { groupName } from "../../model/group-name.js";
import { type CommandDefinition, OutputOption } from "../command-definition.js";
import { findTraceEvents, slashes } from "../files.js";
import { Failure, type Io, writeLines } from "../io.js";
import { type Outputs, readPresent, writeOutputs } from "../outputs/output-files.js";
import { paletteOf } from "../palette.js";
import { readSource } from "../read-source.js";
import { watchInputs } from "../watch-inputs.js";

interface GenerateArguments {
  readonly out: string;
  readonly runtime: string;
  readonly group?: string;
  readonly manifest?: string;
  readonly check?: true;
  readonly watch?: true;
}

/** `qtrace generate`: typed tracers, a module a group. */
export const generateCommand: CommandDefinition = (command, run) => {
  command
    .argument(
      "<file...>",
      "trace-events files, or folders of them, whose subfolders name the groups",
    )
    .addOption(
      new OutputOption(
        "--out <dir>",
        "the folder to write to; generated modules of no input are removed",
      ).makeOptionMandatory(),
    )
    .option("--group <name>", "put all events into this group")
    .option("--runtime <specifier>", "what the modules import the runtime from", "qtrace/runtime")
    .addOption(
      new OutputOption(
        "--manifest <file>",
        "write the events, their arguments and kinds to this file, as JSON",
      ),
    )
    .option("--check", "write nothing; exit 1 if what is there is stale")
    .option("--watch", "generate anew whenever an input changes, until interrupted")
    .addHelpText(
      "after",
      "\nExamples:\n  qtrace generate trace-events --out src/generated\n" +
        "  qtrace generate net/trace-events block/trace-events --out src/generated\n" +
        "  qtrace generate trace-events --out src/generated --manifest events.json --check",
    )
    .action((files: string[], options: GenerateArguments) =>
      run(async (io) => {
        refuseUsage(files, options);
        if (options.watch) return generateForever(files, options, io);
        return generateOnce(files, options, io);
      }),
    );
};

function refuseUsage(files: readonly string[], options: GenerateArguments): void {
  const { group, runtime, check, watch } = options;
  if (runtime === "") throw new Failure("--runtime: what the modules import from has a name");
  if (group !== undefined && !/^\w+$/.test(group)) {
    throw new Failure(`--group '${group}': a group is named by letters, digits and '_'`);
  }
  if (watch && check) throw new Failure("--watch writes, --check does not: give one of them");
  if (watch && files.includes("-")) throw new Failure("--watch cannot watch standard input");
}

async function generateForever(
  files: readonly string[],
  options: GenerateArguments,
  io: Io,
): Promise<number> {
  const changes = watchInputs(files);
  do {
    try {
      await generateOnce(files, options, io);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      io.err(`qtrace: ${error.message}\n`);
    }
  } while (!(await changes.next()).done);
  return 0;
}

async function generateOnce(
  files: readonly string[],
  options: GenerateArguments,
  io: Io,
): Promise<number> {
  const events = await readEvents(files, options.group, io);
  const outputs = new Map<string, string>();
  const { out, runtime } = options;
  for (const [name, text] of generate(events, { runtime, sourceName: namesFrom(out) })) {
    outputs.set(path.join(out, name), text);
  }
  const modules = [...outputs.keys()];
  if (options.manifest !== undefined) {
    const file = path.normalize(options.manifest);
    if (outputs.has(file)) throw new Failure(`--manifest ${file}: that is a module's own file`);
    const content = manifest(events, namesFrom(path.dirname(file)));
    outputs.set(file, `${JSON.stringify(content, null, 1)}\n`);
  }
  const orphans = await findOrphans(options.out, outputs);
  if (options.check) return check(options.out, outputs, orphans, io);
  for (const file of modules) await refuseForeign(file);
  await writeOutputs(outputs, orphans, io.inputs);
  for (const file of orphans) io.err(`${file} is of no input any more: removed\n`);
  io.err(`${options.out}: ${modules.map((file) => path.basename(file)).join(", ")}\n`);
  return 0;
}

/**
 * Files are called by their way from the folder that is written to: so the same input gives the same
 * bytes wherever the command is run, on whatever machine.
 */
function namesFrom(folder: string): SourceName {
  return (file) => (file === "-" ? file : slashes(path.relative(folder, file)));
}

/** The events of all inputs. With an error in any of them nothing is generated. */
async function readEvents(
  files: readonly string[],
  group: string | undefined,
  io: Io,
): Promise<EventModel[]> {
  const events: EventModel[] = [];
  let errors = 0;
  for (const { file, groupPath } of await findTraceEvents(files)) {
    const parsed = await readSource(file, io);
    const problems = lint(parsed, buildRules).filter((problem) => severityOf(problem) === "error");
    for (const problem of problems)
      writeLines(io, printProblem(parsed.source, problem, paletteOf(io.colors)));
    errors += problems.length;
    const model = buildModel(parsed, { group: group ?? groupName(groupPath) });
    for (const event of model) events.push(event);
  }
  if (errors > 0) throw new Failure("nothing is generated of files with errors", 1);
  refuseDoubles(events);
  return events;
}

/** Two files in one group may declare the same name; the module could not. */
function refuseDoubles(events: readonly EventModel[]): void {
  const seen = new Map<string, EventModel>();
  for (const event of events) {
    const key = `${event.group} ${event.name}`;
    const first = seen.get(key);
    if (first) {
      const [a, b] = [first, event].map(({ place }) => `${place.file}:${place.line}`);
      throw new Failure(`${b}: '${event.name}' is in group '${event.group}' already, by ${a}`, 1);
    }
    seen.set(key, event);
  }
}

async function check(
  out: string,
  outputs: Outputs,
  orphans: readonly string[],
  io: Io,
): Promise<number> {
  let stale = orphans.length;
  for (const [file, text] of outputs) {
    const present = await readPresent(file);
    if (present === text) continue;
    io.err(`${file} is ${present === undefined ? "missing" : "stale"}\n`);
    stale++;
  }
  for (const file of orphans) io.err(`${file} is of no input any more\n`);
  if (stale === 0) io.err(`${out}: ${outputs.size} files, all fresh\n`);
  return stale > 0 ? 1 : 0;
}

/** What a person wrote is not written over; an empty file is nobody's. */
async function refuseForeign(file: string): Promise<void> {
  const present = (await readPresent(file)) ?? "";
  if (present.trim() === "" || present.startsWith(GENERATED_MARK)) return;
  throw new Failure(`${file} is not of qtrace's making: move it, or generate elsewhere`);
}

/** Modules that an earlier run has made of what is not among the inputs any more. */
async function findOrphans(out: string, outputs: Outputs): Promise<string[]> {
  const entries = await readdir(out).catch(() => []);
  const others = entries
    .filter((entry) => entry.endsWith(".ts"))
    .map((entry) => path.join(out, entry))
    .filter((file) => !outputs.has(file));
  const orphans: string[] = [];
  for (const file of others) {
    if ((await readPresent(file))?.startsWith(GENERATED_MARK)) orphans.push(file);
  }
  return orphans;
}
