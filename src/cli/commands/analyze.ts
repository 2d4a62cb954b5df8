import { writeFile } from "node:fs/promises";
import path from "node:path";
import { InvalidArgumentError, Option } from "commander";
import type { MigrationAccount } from "../../analysis/account.js";
import { checkLimits } from "../../analysis/check-limits.js";
import { compareAccounts } from "../../analysis/compare-accounts.js";
import { compareReport } from "../../report/compare-text.js";
import { htmlReport } from "../../report/html/html-report.js";
import { jsonReport, toJson } from "../../report/json.js";
import { limitMessage, limitsJunit } from "../../report/limits-junit.js";
import { perfettoReport } from "../../report/perfetto/perfetto-report.js";
import { textReport } from "../../report/text.js";
import type { CommandDefinition } from "../command-definition.js";
import { unreadable } from "../files.js";
import { Failure, type Io } from "../io.js";
import {
  type AnalyzedRecording,
  analyzeRecording,
  findRecording,
  type Recording,
} from "../recording.js";

interface AnalyzeArguments extends Partial<Recording> {
  readonly events?: string[];
  readonly format: "text" | "json" | "html" | "perfetto";
  readonly output?: string;
  readonly maxDowntime?: number;
  readonly maxDevice?: Readonly<Record<string, number>>;
  readonly junit?: string;
  readonly compare?: string[];
}

/** `qtrace analyze`: the joint account of a migration. */
export const analyzeCommand: CommandDefinition = (command, run) => {
  command
    .argument(
      "[dir]",
      "a recording: stream.bin or channel0.bin, source.simpletrace or .log, destination.simpletrace or .log",
    )
    .option("--stream <file>", "the bytes of the main channel")
    .option(
      "--resumed <file...>",
      "and, in order, of the connections by which a paused postcopy went on",
    )
    .option("--source <trace>", "the source's trace: simpletrace or a log")
    .option("--destination <trace>", "the destination's trace, likewise")
    .option("--wire <times>", "when its chunks passed a tap: lines of OFFSET NANOSECONDS")
    .option("--events <file...>", "the trace-events files of the QEMU that wrote the traces")
    .option("--source-events <file>", "that of the source's QEMU, where it is another version")
    .option("--destination-events <file>", "that of the destination's")
    .addOption(
      new Option("--format <format>", "text, json, html (a page to read offline) or perfetto")
        .choices(["text", "json", "html", "perfetto"])
        .default("text"),
    )
    .option("--output <file>", "write the account there")
    .option("--max-downtime <ms>", "exit 1 if the guest's downtime was longer", milliseconds)
    .option("--max-device <name=ms>", "exit 1 if saving or loading this device took longer", device)
    .option("--junit <file>", "write how the limits were kept there, as JUnit's XML")
    .option("--compare <dir...>", "two recordings: what changed from the first to the second")
    .addHelpText(
      "after",
      "\nExample:\n  qtrace analyze recordings/q35-precopy --max-downtime 100 --max-device ram=20\n" +
        "  qtrace analyze recordings/q35-precopy --format html --output account.html\n" +
        "  qtrace analyze --compare before/ after/\n\n" +
        "`qtrace events migration` prints the events to trace; more of them make the downtime longer.\n" +
        "A terminal of fewer than 100 columns is shown fewer; a file or a pipe has all.",
    )
    .action((dir: string | undefined, options: AnalyzeArguments) =>
      run(async (io) => {
        if (options.compare) return compare(options.compare, options, io);
        const recording = await findRecording(dir, options);
        const analyzed = await analyzeRecording(recording, options.events, io, {
          keepData: options.format === "html",
          keepAll: options.format === "html",
        });
        const { account, damaged } = analyzed;
        await deliver(render(options, analyzed, io), options.output, io);
        const fits = tellProblems(account, options, io);
        const kept = await keepsLimits(account, options, io);
        return kept && fits && !damaged ? 0 : 1;
      }),
    );
};

/** Tells why the inputs do not belong together, unless the report on the terminal has said it. */
function tellProblems(
  { problems }: MigrationAccount,
  { format, output }: AnalyzeArguments,
  io: Io,
): boolean {
  if (format !== "text" || output) for (const problem of problems) io.err(`qtrace: ${problem}\n`);
  return problems.length === 0;
}

function render(
  { format, output }: AnalyzeArguments,
  { account, evidence }: AnalyzedRecording,
  io: Io,
): string | Uint8Array {
  switch (format) {
    case "text":
      return textReport(account, output === undefined ? io.outColumns : undefined);
    case "json":
      return jsonReport(account);
    case "html":
      return htmlReport(account, evidence);
    case "perfetto":
      return perfettoReport(account);
  }
}

/** Two recordings side by side. */
async function compare(
  dirs: readonly string[],
  { events, format, output }: AnalyzeArguments,
  io: Io,
): Promise<number> {
  const [before, after] = dirs;
  if (!before || !after || dirs.length > 2) throw new Failure("--compare takes two recordings");
  if (format !== "text" && format !== "json") throw new Failure("--compare gives text or json");
  const noted = tellingOnce(io);
  const first = await analyzeRecording(await findRecording(before), events, noted);
  const second = await analyzeRecording(await findRecording(after), events, noted);
  const comparison = compareAccounts(first.account, second.account);
  const report =
    format === "json" ? toJson(comparison) : compareReport(comparison, ...titlesOf(before, after));
  await deliver(report, output, io);
  return first.damaged || second.damaged ? 1 : 0;
}

/** What two recordings have in common, such as their events, is told once. */
function tellingOnce(io: Io): Io {
  const told = new Set<string>();
  const err = (text: string) => {
    const isLine = text.endsWith("\n");
    if (!isLine || !told.has(text)) io.err(text);
    told.add(text);
  };
  return { ...io, err };
}

/** The folders' own names, where they tell the two apart. */
function titlesOf(before: string, after: string): [string, string] {
  const names = [before, after].map((dir) => path.basename(path.resolve(dir)));
  return names[0] === names[1] ? [before, after] : [names[0]!, names[1]!];
}

/** Tells which limits were not kept. */
async function keepsLimits(
  account: MigrationAccount,
  { maxDowntime, maxDevice, junit }: AnalyzeArguments,
  io: Io,
): Promise<boolean> {
  const results = checkLimits(account, {
    ...(maxDowntime !== undefined && { downtime: maxDowntime }),
    ...(maxDevice && { devices: maxDevice }),
  });
  if (junit) await deliver(limitsJunit(results), junit, io);
  const failed = results.filter((result) => !result.passed);
  for (const result of failed) io.err(`qtrace: ${limitMessage(result)}\n`);
  return failed.length === 0;
}

function device(
  text: string,
  before: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const equals = text.lastIndexOf("=");
  if (equals < 1) throw new InvalidArgumentError("It is not NAME=MS.");
  return { ...before, [text.slice(0, equals)]: milliseconds(text.slice(equals + 1)) };
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0))
    throw new InvalidArgumentError("It is no number of milliseconds.");
  return value;
}

async function deliver(
  report: string | Uint8Array,
  output: string | undefined,
  io: Io,
): Promise<void> {
  if (!output) return io.out(report);
  await writeFile(output, report).catch((error: unknown) => {
    throw unreadable(output, error);
  });
}
