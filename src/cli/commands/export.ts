import { availableParallelism } from "node:os";
import { InvalidArgumentError, Option } from "commander";
import { isHost, parseTime } from "../../fleet/about-recording.js";
import { type CommandDefinition, OutputOption } from "../command-definition.js";
import type { ExportPlan, ExportTarget, Outcome } from "../fleet/export-plan.js";
import { type FoundRecordings, findRecordings } from "../fleet/find-recordings.js";
import { runExport } from "../fleet/run-export.js";
import { shownUrl } from "../fleet/shown-url.js";
import { Failure, type Io } from "../io.js";
import { startProgress } from "../lint/scan-progress.js";

interface ExportArguments {
  readonly output?: string;
  readonly to?: readonly string[];
  readonly cluster?: string;
  readonly host?: string;
  readonly date?: Date;
  readonly events?: readonly string[];
  readonly event?: readonly string[];
  readonly salvage?: true;
  readonly pages?: true;
  readonly jobs: number;
}

/** `qtrace export`: the accounts of many migrations as tables. */
export const exportCommand: CommandDefinition = (command, run) => {
  command
    .argument("<dir...>", "recordings, or folders of them at any depth")
    .addOption(
      new OutputOption(
        "--output <dataset>",
        "the data set's folder; it is made if it is not there",
      ),
    )
    .option("--to <kind-and-url...>", "clickhouse URL…: one server of each shard, instead")
    .option("--cluster <name>", "the cluster that the servers are of, as they name it")
    .option("--host <name>", "the source's host, of recordings whatever they tell", host)
    .option("--date <date>", "when the migrations were, likewise: 2026-11-24", time)
    .option("--events <file...>", "the trace-events files of the QEMU that wrote the traces")
    .option("--event <pattern...>", "keep these events of the traces, such as 'migration_*'")
    .option("--salvage", "keep recordings that are broken, as far as they can be read")
    .option("--pages", "write each migration's own page too, for the links of `qtrace report`")
    .addOption(
      new Option("--jobs <n>", "threads that share the work")
        .argParser(count)
        .default(availableParallelism(), "one a core"),
    )
    .addHelpText(
      "after",
      "\nExample:\n  qtrace export /srv/recordings --output migrations\n" +
        "  qtrace export /srv/recordings --to clickhouse https://db1:8443 https://db2:8443 --cluster lab\n" +
        "  (user and password from CLICKHOUSE_USER and CLICKHOUSE_PASSWORD)",
    )
    .action((folders: string[], options: ExportArguments) =>
      run(async (io) => {
        const target = targetOf(options);
        const { pages = false, salvage = false, event = [] } = options;
        if (pages && target.kind !== "files") throw new Failure("--pages goes with --output");
        const plan: ExportPlan = {
          target,
          pages,
          salvage,
          event,
          ...(options.host !== undefined && { host: options.host }),
          ...(options.date && { date: options.date }),
          ...(options.events && { events: options.events }),
        };
        return exportAll(await findRecordings(folders), plan, options.jobs, io);
      }),
    );
};

async function exportAll(
  { folders, ambiguous }: FoundRecordings,
  plan: ExportPlan,
  jobs: number,
  io: Io,
): Promise<number> {
  const outcomes: Outcome[] = [];
  const progress = startProgress("exporting", io);
  try {
    await runExport(folders, plan, jobs, io, (outcome) => {
      if (outcome.problems.length > 0) progress.end();
      for (const problem of outcome.problems) {
        io.err(`qtrace: ${problem}${outcome.what === "left out" ? "; left out" : ""}\n`);
      }
      outcomes.push({ ...outcome, problems: [] });
      progress.update(outcomes.length, folders.length);
    });
  } finally {
    progress.end();
  }
  const number = (what: Outcome["what"]) => outcomes.filter((one) => one.what === what).length;
  const unknown = outcomes.filter(({ unknownHost }) => unknownHost).length;
  if (unknown > 0) {
    io.err(`qtrace: no host is told by ${unknown} of ${outcomes.length} recordings; see --host\n`);
  }
  const leftOut = number("left out");
  await io.out(
    `recordings: ${number("exported")} exported, ${number("there already")} there already, ${leftOut} left out\n`,
  );
  const contradictory = outcomes.some((outcome) => outcome.contradictory);
  return ambiguous ? 2 : leftOut > 0 || contradictory ? 1 : 0;
}

function targetOf({ output, to, cluster }: ExportArguments): ExportTarget {
  if (to === undefined) {
    if (output === undefined) throw new Failure("give --output DATASET, or --to clickhouse URL");
    if (cluster !== undefined) throw new Failure("--cluster goes with --to clickhouse URL");
    return { kind: "files", folder: output };
  }
  const [kind, ...urls] = to;
  if (output !== undefined) throw new Failure("--output and --to exclude each other");
  if (kind !== "clickhouse")
    throw new Failure(`--to ${shownUrl(String(kind))}: only clickhouse is known`);
  if (urls.length === 0) throw new Failure("--to clickhouse: the URL of a server is missing");
  return { kind, urls, cluster };
}

function host(text: string): string {
  if (!isHost(text)) throw new InvalidArgumentError("It is no name of a host.");
  return text;
}

function time(text: string): Date {
  const date = parseTime(text);
  if (!date) throw new InvalidArgumentError("It is no date such as 2026-11-24.");
  return date;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It is no number.");
  return value;
}
