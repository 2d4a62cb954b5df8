import { Option } from "commander";
import {
  type EventSet,
  eventPatterns,
  eventSets,
  knownQemuVersions,
} from "../../analysis/event-sets.js";
import type { CommandDefinition } from "../command-definition.js";
import { Failure } from "../io.js";

interface EventsArguments {
  readonly qemu?: string;
  readonly format: keyof typeof formats;
}

/** A pattern as QEMU takes it: in a file, by QMP, by its monitor. */
const formats = {
  file: (pattern: string) => pattern,
  qmp: (pattern: string) =>
    JSON.stringify({
      execute: "trace-event-set-state",
      arguments: { name: pattern, enable: true },
    }),
  hmp: (pattern: string) => `trace-event ${pattern} on`,
};

/** `qtrace events`: sets of trace events to enable in QEMU. */
export const eventsCommand: CommandDefinition = (command, run) => {
  command
    .argument("[set]", `${eventSets.map(({ name }) => name).join(", ")} (default: list them)`)
    .option("--qemu <version>", "leave out events that this version of QEMU lacks")
    .addOption(
      new Option(
        "--format <format>",
        "file (for -trace events=FILE), qmp or hmp (commands for a QEMU that runs)",
      )
        .choices(Object.keys(formats))
        .default("file"),
    )
    .addHelpText(
      "after",
      "\nExample:\n  qtrace events migration --qemu 10.0 > events\n" +
        "  qemu-system-x86_64 … -msg timestamp=on -D source.log -trace events=events",
    )
    .action((name: string | undefined, { qemu, format }: EventsArguments) =>
      run(async (io) => {
        if (name === undefined) {
          await io.out(eventSets.map((set) => describe(set)).join("\n"));
          return 0;
        }
        const lines = patternsOf(find(name), qemu).map(
          (pattern) => `${formats[format](pattern)}\n`,
        );
        await io.out(lines.join(""));
        return 0;
      }),
    );
};

function describe({ name, purpose, cost }: EventSet): string {
  return `${name}\n  shows  ${purpose}\n  costs  ${cost}\n`;
}

function find(name: string): EventSet {
  const set = eventSets.find((known) => known.name === name);
  if (set) return set;
  const names = eventSets.map((known) => known.name).join(", ");
  throw new Failure(`there is no set of events '${name}'; the sets are ${names}`);
}

function patternsOf(set: EventSet, qemu: string | undefined): readonly string[] {
  const patterns = eventPatterns(set, qemu);
  if (patterns) return patterns;
  const { oldest, newest } = knownQemuVersions;
  throw new Failure(
    `--qemu ${qemu}: the events of QEMU ${oldest} to ${newest} are known; without --qemu the list ` +
      "has the events of all of these versions, and QEMU ignores those that it lacks",
  );
}
