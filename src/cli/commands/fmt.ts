import { formatFile } from "../../../grammar/format-file.js";
import { parseBytes } from "../../../grammar/parse-bytes.js";
import { messageOf } from "../../diagnostics/catalogue.js";
import { withoutControls } from "../../without-controls.js";
import type { CommandDefinition } from "../command-definition.js";
import { findTraceEvents, readBytes } from "../files.js";
import type { Io } from "../io.js";
import { writeOutput } from "../outputs/output-file.js";

/** `qtrace fmt`: lays trace-events files out, keeping comments. */
export const fmtCommand: CommandDefinition = (command, run) => {
  command
    .argument("<file...>", "trace-events files, folders of them, or - for standard input")
    .option("--check", "write nothing; list the files that would change, and exit 1 if any would")
    .addHelpText(
      "after",
      "\nA line that cannot be read stays as it is. What comes by standard input goes to standard output." +
        "\n\nExamples:\n  qtrace fmt migration/trace-events\n  qtrace fmt --check .",
    )
    .action((files: string[], { check }: { check?: true }) =>
      run(async (io) => {
        const results = [];
        for (const { file } of await findTraceEvents(files)) {
          results.push(await (check ? checkFile(file, io) : formatInPlace(file, io)));
        }
        const changed = results.filter((result) => result === "changed").length;
        const refused = results.includes("refused");
        const verb = check ? "would change" : "changed";
        io.err(
          `${results.length} ${results.length === 1 ? "file" : "files"}, ${changed} ${verb}\n`,
        );
        return refused || (check && changed > 0) ? 1 : 0;
      }),
    );
};

/** What became of a file; `refused` is one that cannot be written without loss. */
type Result = "kept" | "changed" | "refused";

async function checkFile(file: string, io: Io): Promise<Result> {
  const formatted = await format(file, io);
  if (!formatted) return "refused";
  if (!formatted.changed) return "kept";
  await io.out(`${withoutControls(file)}\n`);
  return "changed";
}

async function formatInPlace(file: string, io: Io): Promise<Result> {
  const formatted = await format(file, io);
  if (!formatted) return "refused";
  if (file === "-") await io.out(formatted.text);
  else if (formatted.changed) await writeOutput(file, formatted.text);
  return formatted.changed ? "changed" : "kept";
}

/** A file laid out. Its broken lines are told of; bytes that are no text would be lost: then none. */
async function format(
  file: string,
  io: Io,
): Promise<{ text: string; changed: boolean } | undefined> {
  const bytes = await readBytes(file, io);
  const parsed = parseBytes(bytes, file);
  const lost = parsed.problems.find(({ code }) => code === "invalid-utf-8");
  if (lost) {
    const { line, column } = parsed.source.locate(lost.span.start);
    io.err(`qtrace: ${file}:${line}:${column}: ${messageOf(lost)}\n`);
    return undefined;
  }
  const broken = parsed.file.lines.filter(({ kind }) => kind === "broken").length;
  if (broken > 0) {
    const left = broken === 1 ? "one line left as it is" : `${broken} lines left as they are`;
    io.err(`qtrace: ${file}: ${left}; see qtrace lint\n`);
  }
  const text = formatFile(parsed);
  return { text, changed: !Buffer.from(text).equals(bytes) };
}
