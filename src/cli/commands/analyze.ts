import path from "node:path";
import { InvalidArgumentError, Option } from "commander";
import type { MigrationAccount } from "../../analysis/account.js";
import { checkLimits } from "../../analysis/check-limits.js";
import { checkRegression, type RegressionTolerance } from "../../analysis/check-regression.js";
import { compareAccounts } from "../../analysis/compare-accounts.js";
import { compareReport } from "../../report/compare-text.js";
import { htmlReport } from "../../report/html/html-report.js";
import { jsonReport, toJson } from "../../report/json.js";
import {
  junitReport,
  limitCases,
  regressionCases,
  type TestCase,
} from "../../report/limits-junit.js";
import { perfettoReport } from "../../report/perfetto/perfetto-report.js";
import { textReport } from "../../report/text.js";
import { type CommandDefinition, OutputOption, RepeatableOption } from "../command-definition.js";
import { Failure, type Io } from "../io.js";
import { chooseFormat, type FormatsByExtension } from "../output-format.js";
import { writeOutput } from "../outputs/output-file.js";
import {
  type AnalyzedRecording,
  analyzeRecording,
  findRecording,
  type Recording,
} from "../recording.js";
import { offsetOption } from "./stream/stream-options.js";

const formats = ["text", "json", "html", "perfetto"] as const;
type Format = (typeof formats)[number];

const formatsByExtension: FormatsByExtension<Format> = {
  ".txt": ["text"],
  ".json": ["json"],
  ".html": ["html"],
  ".htm": ["html"],
  ".perfetto-trace": ["perfetto"],
  ".pftrace": ["perfetto"],
};

interface AnalyzeArguments extends Partial<Recording> {
  readonly sameClock?: boolean;
  readonly events?: string[];
  readonly format?: Format;
  readonly output?: string;
  readonly maxDowntime?: number;
  readonly maxDevice?: Readonly<Record<string, number>>;
  readonly junit?: string;
  readonly compare?: string[];
  readonly maxRegression?: RegressionTolerance;
}

/** `qtrace analyze`: the joint account of a migration. */
export const analyzeCommand: CommandDefinition = (command, run) => {
  command
    .argument(
      "[dir]",
      "a recording: stream.bin or channel0.bin, source.simpletrace or .log, destination.simpletrace or .log",
    )
    .option("--stream <file>", "the bytes of the main channel")
    .addOption(offsetOption())
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
      new Option(
        "--same-clock",
        "both traces are of one machine, so one clock serves both",
      ).conflicts("clockOffset"),
    )
    .option(
      "--clock-offset <ms>",
      "how far the destination's clock is ahead of the source's, such as -12.5",
      offset,
    )
    .option("--attempt <n>", "which attempt in the log: a number, or last", attempt)
    .addOption(
      new Option(
        "--format <format>",
        "text, json, html (a page to read offline) or perfetto (default: by --output's extension, else text)",
      ).choices(formats),
    )
    .addOption(new OutputOption("--output <file>", "write the report to this file"))
    .option("--max-downtime <ms>", "exit 1 if the guest's downtime was longer", milliseconds)
    .addOption(
      new RepeatableOption(
        "--max-device <name=ms>",
        "exit 1 if saving or loading this device took longer; may be repeated",
      ).argParser(device),
    )
    .addOption(
      new OutputOption(
        "--junit <file>",
        "write the results of all limits to this file, as JUnit XML",
      ),
    )
    .option(
      "--compare <dir...>",
      "two recordings: show what changed from the first to the second; limits apply to the second",
    )
    .option(
      "--max-regression <percent[,ms]>",
      "with --compare: exit 1 if the downtime or a device's save or load time grew by more than " +
        "this percentage and by more than the milliseconds, such as 20%,5ms (default of ms: 1)",
      regressionTolerance,
    )
    .addHelpText(
      "after",
      "\nExample:\n  qtrace analyze recordings/q35-precopy --max-downtime 100 --max-device ram=20\n" +
        "  qtrace analyze recordings/q35-precopy --output account.html\n" +
        "  qtrace analyze --compare before/ after/ --max-regression 20%,5ms --junit limits.xml\n\n" +
        "`qtrace events migration` prints the events to trace; more of them make the downtime longer.\n" +
        "A terminal of fewer than 100 columns is shown fewer; a file or a pipe has all.",
    )
    .action((dir: string | undefined, given: AnalyzeArguments) =>
      run(async (io) => {
        const format = chooseFormat(given.format, given.output, formatsByExtension, "text");
        const options = { ...given, format };
        if (options.compare) return compare(options.compare, dir, options, io);
        if (options.maxRegression) throw new Failure("--max-regression needs --compare");
        const recording = await findRecording(dir, { ...options, ...clocksOf(options) });
        const analyzed = await analyzeRecording(recording, options.events, io, {
          keepData: options.format === "html",
          keepAll: options.format === "html",
        });
        const { account, damaged, reported } = analyzed;
        // The page has the state of devices.
        const guestData = format === "html";
        await deliver(render(options, analyzed, io), options.output, io, guestData);
        const fits = tellProblems(account, reported, options, io);
        const kept = await reportCases(limitsOf(account, options), options.junit, io);
        const failed = account.outcome.state === "failed";
        return kept && fits && !damaged && !failed ? 0 : 1;
      }),
    );
};

/** The options, with the format that they come to. */
type Formatted = AnalyzeArguments & { readonly format: Format };

function clocksOf({ sameClock, clockOffset }: AnalyzeArguments): Pick<Recording, "clockOffset"> {
  if (sameClock) return { clockOffset: 0n };
  return clockOffset === undefined ? {} : { clockOffset };
}

/** Reports what is wrong with the inputs, unless stderr or the report on the terminal has them already. */
function tellProblems(
  { problems }: MigrationAccount,
  reported: readonly string[],
  { format, output }: Formatted,
  io: Io,
): boolean {
  if (format !== "text" || output) {
    for (const problem of problems) if (!reported.includes(problem)) io.err(`qtrace: ${problem}\n`);
  }
  return problems.length === 0;
}

function render(
  { format, output }: Formatted,
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
  dir: string | undefined,
  options: Formatted,
  io: Io,
): Promise<number> {
  const { events, format, output, maxRegression } = options;
  const [before, after] = dirs;
  if (!before || !after || dirs.length > 2 || dir !== undefined) {
    throw new Failure("--compare takes two recordings");
  }
  for (const [name, value] of Object.entries(singleFiles(options))) {
    if (value !== undefined) throw new Failure(`--compare takes two recordings, not ${name}`);
  }
  if (format !== "text" && format !== "json") throw new Failure("--compare gives text or json");
  const noted = tellingOnce(io);
  const read = async (folder: string) =>
    analyzeRecording(await findRecording(folder, clocksOf(options)), events, noted);
  const first = await read(before);
  const second = await read(after);
  const comparison = compareAccounts(first.account, second.account);
  const titles = titlesOf(before, after);
  const report = format === "json" ? toJson(comparison) : compareReport(comparison, ...titles);
  await deliver(report, output, io);
  for (const [index, { account }] of [first, second].entries()) {
    for (const problem of account.problems) io.err(`qtrace: ${titles[index]}: ${problem}\n`);
  }
  const regressions = maxRegression
    ? regressionCases(checkRegression(first.account, second.account, maxRegression), maxRegression)
    : [];
  const cases = [...limitsOf(second.account, options), ...regressions];
  const kept = await reportCases(cases, options.junit, io);
  const sound = [first, second].every(
    ({ account, damaged }) => !damaged && !account.problems.length,
  );
  return kept && sound ? 0 : 1;
}

/** The options that name single files, which a comparison has no use for. */
function singleFiles(options: Partial<Recording>): Readonly<Record<string, unknown>> {
  return {
    "--stream": options.stream,
    "--resumed": options.resumed,
    "--source": options.source,
    "--destination": options.destination,
    "--wire": options.wire,
    "--attempt": options.attempt,
    "--source-events": options.sourceEvents,
    "--destination-events": options.destinationEvents,
  };
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

/** How a migration kept to the limits that were given. */
function limitsOf(
  account: MigrationAccount,
  { maxDowntime, maxDevice }: AnalyzeArguments,
): TestCase[] {
  const results = checkLimits(account, {
    ...(maxDowntime !== undefined && { downtime: maxDowntime }),
    ...(maxDevice && { devices: maxDevice }),
  });
  return limitCases(results);
}

/** Writes the JUnit file and says what failed; gives whether nothing did. */
async function reportCases(
  cases: readonly TestCase[],
  junit: string | undefined,
  io: Io,
): Promise<boolean> {
  if (junit) await deliver(junitReport(cases), junit, io);
  const failures = cases.flatMap(({ failure }) => failure ?? []);
  for (const failure of failures) io.err(`qtrace: ${failure}\n`);
  return failures.length === 0;
}

function device(
  text: string,
  before: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const equals = text.lastIndexOf("=");
  if (equals < 1) throw new InvalidArgumentError("It is not NAME=MS.");
  return { ...before, [text.slice(0, equals)]: milliseconds(text.slice(equals + 1)) };
}

function attempt(text: string): number | "last" {
  if (text === "last") return text;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError("It is neither a number from 1 on nor last.");
  }
  return number;
}

function offset(text: string): bigint {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new InvalidArgumentError("It is not a number of milliseconds.");
  }
  return BigInt(Math.round(value * 1e6));
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0))
    throw new InvalidArgumentError("It is no number of milliseconds.");
  return value;
}

function regressionTolerance(text: string): RegressionTolerance {
  const match = /^(\d+(?:\.\d+)?)%(?:,(\d+(?:\.\d+)?)ms)?$/.exec(text);
  if (!match)
    throw new InvalidArgumentError("Give a percentage, and milliseconds: 20% or 20%,5ms.");
  return { percent: Number(match[1]), milliseconds: Number(match[2] ?? 1) };
}

async function deliver(
  report: string | Uint8Array,
  output: string | undefined,
  io: Io,
  guestData = false,
): Promise<void> {
  if (!output) return io.out(report);
  await writeOutput(output, report, { inputs: io.inputs, guestData });
}
