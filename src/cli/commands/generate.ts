import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "../../../grammar/parse.js";
import { GENERATED_MARK, generate } from "../../codegen/generate.js";
import { severityOf } from "../../diagnostics/catalogue.js";
import { printProblem } from "../../diagnostics/print-problem.js";
import { lint } from "../../lint/lint.js";
import { buildRules } from "../../lint/registry.js";
import { buildModel } from "../../model/build-model.js";
import type { EventModel } from "../../model/event-model.js";
import { groupName } from "../../model/group-name.js";
import type { CommandDefinition } from "../command-definition.js";
import { findTraceEvents, readText, unreadable } from "../files.js";
import { Failure, type Io } from "../io.js";
import { paletteOf } from "../palette.js";

interface GenerateArguments {
  readonly out: string;
  readonly runtime: string;
  readonly group?: string;
  readonly check?: true;
}

/** `qtrace generate`: typed tracers, a module a group. */
export const generateCommand: CommandDefinition = (program, run) => {
  program
    .command("generate")
    .description("write typed tracers for the events of trace-events files, a module a group")
    .argument(
      "<file...>",
      "trace-events files, or folders of them, whose subfolders name the groups",
    )
    .requiredOption("--out <dir>", "the folder to write to")
    .option("--group <name>", "put all events into this group")
    .option("--runtime <specifier>", "what the modules import the runtime from", "qtrace/runtime")
    .option("--check", "write nothing; exit 1 if what is there is stale")
    .addHelpText("after", "\nExample:\n  qtrace generate trace-events --out src/generated")
    .action((files: string[], options: GenerateArguments) =>
      run(async (io) => {
        const modules = generate(await readSources(files, options.group, io), options);
        const stale = await findStale(options.out, modules);
        if (options.check) {
          for (const { name, why } of stale) io.err(`${path.join(options.out, name)} ${why}\n`);
          if (stale.length === 0) io.err(`${options.out}: ${modules.size} modules, all fresh\n`);
          return stale.length > 0 ? 1 : 0;
        }
        await write(options.out, modules);
        io.err(`${options.out}: ${[...modules.keys()].join(", ")}\n`);
        return 0;
      }),
    );
};

/** The events of all inputs. With an error in any of them nothing is generated. */
async function readSources(
  files: readonly string[],
  group: string | undefined,
  io: Io,
): Promise<EventModel[]> {
  const events: EventModel[] = [];
  let errors = 0;
  for (const { file, groupPath } of await findTraceEvents(files)) {
    const parsed = parse(await readText(file, io), file);
    const problems = lint(parsed, buildRules).filter((problem) => severityOf(problem) === "error");
    for (const problem of problems)
      io.err(printProblem(parsed.source, problem, paletteOf(io.colors)));
    errors += problems.length;
    events.push(...buildModel(parsed, { group: group ?? groupName(groupPath) }));
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

interface Stale {
  readonly name: string;
  readonly why: string;
}

async function findStale(out: string, modules: ReadonlyMap<string, string>): Promise<Stale[]> {
  const stale: Stale[] = [];
  for (const [name, text] of modules) {
    const present = await readPresent(path.join(out, name));
    if (present === undefined) stale.push({ name, why: "is missing" });
    else if (present !== text) stale.push({ name, why: "is stale" });
  }
  const entries = await readdir(out).catch(() => []);
  for (const name of entries.filter((entry) => entry.endsWith(".ts") && !modules.has(entry))) {
    const text = await readPresent(path.join(out, name));
    if (text?.startsWith(GENERATED_MARK)) stale.push({ name, why: "is of no input any more" });
  }
  return stale;
}

async function readPresent(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}

async function write(out: string, modules: ReadonlyMap<string, string>): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    for (const [name, text] of modules) {
      const file = path.join(out, name);
      if ((await readPresent(file)) !== text) await writeFile(file, text);
    }
  } catch (error) {
    throw unreadable(out, error);
  }
}
