import { stat } from "node:fs/promises";
import { Option } from "commander";
import { plural } from "../../diagnostics/message.js";
import { type BreakingLevel, breakingLevels, breaks } from "../../lint/breaking/change.js";
import { breakingJson, countChanges } from "../../lint/breaking/change-json.js";
import { compareEvents } from "../../lint/breaking/compare-events.js";
import { printChange } from "../../lint/breaking/print-change.js";
import { buildModel } from "../../model/build-model.js";
import type { EventModel } from "../../model/event-model.js";
import { groupName } from "../../model/group-name.js";
import type { CommandDefinition } from "../command-definition.js";
import { findTraceEvents } from "../files.js";
import type { Io } from "../io.js";
import { readSource } from "../read-source.js";

interface BreakingArguments {
  readonly against: string;
  readonly level: BreakingLevel;
  readonly format: "text" | "json";
}

/** `qtrace breaking`: the events that have changed between two versions. */
export const breakingCommand: CommandDefinition = (command, run) => {
  command
    .argument("<new>", "a trace-events file, a folder of them, or - for standard input")
    .requiredOption("--against <old>", "what it was: a file or a folder")
    .addOption(
      new Option(
        "--level <level>",
        "what must not break: how traces are read, sources that name events, or what is printed",
      )
        .choices(breakingLevels)
        .default("wire"),
    )
    .addOption(
      new Option("--format <format>", "how changes are printed")
        .choices(["text", "json"])
        .default("text"),
    )
    .addHelpText(
      "after",
      "\nExits 1 if a change breaks the level, or a worse one." +
        "\n\nExample:\n  qtrace breaking --against qemu-10.0/ qemu-10.2/ --level source",
    )
    .action((input: string, { against, level, format }: BreakingArguments) =>
      run(async (io) => {
        const folders = (await isFolder(against)) && (await isFolder(input));
        const before = await readVersion(against, folders, io);
        const changes = compareEvents(before, await readVersion(input, folders, io));
        const broken = changes.filter((change) => breaks(change, level));
        if (format === "json") {
          await io.out(`${JSON.stringify(breakingJson(changes, level), null, 1)}\n`);
        } else {
          const shown = level === "text" ? changes : broken;
          for (const change of shown) await io.out(printChange(change));
        }
        const { wire, source, text, added } = countChanges(changes);
        io.err(`${wire} wire, ${source} source, ${text} text; ${added} new\n`);
        return broken.length > 0 ? 1 : 0;
      }),
    );
};

async function isFolder(input: string): Promise<boolean> {
  return stat(input).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

/** The events of a version. Files compared alone are one group, whatever their folders are called. */
async function readVersion(input: string, folders: boolean, io: Io): Promise<EventModel[]> {
  const events: EventModel[] = [];
  for (const { file, groupPath } of await findTraceEvents([input])) {
    const parsed = await readSource(file, io);
    const broken = parsed.file.lines.filter(({ kind }) => kind === "broken").length;
    if (broken > 0) {
      io.err(`qtrace: ${file}: ${plural(broken, "line")} cannot be read; see qtrace lint\n`);
    }
    for (const event of buildModel(parsed, { group: folders ? groupName(groupPath) : "all" })) {
      events.push(event);
    }
  }
  return events;
}
