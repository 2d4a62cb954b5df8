import { Option } from "commander";
import { parse } from "../../../grammar/parse.js";
import { severityOf } from "../../diagnostics/catalogue.js";
import { printProblem } from "../../diagnostics/print-problem.js";
import { problemJson } from "../../diagnostics/problem-json.js";
import { lint } from "../../lint/lint.js";
import type { CommandDefinition } from "../command-definition.js";
import { findTraceEvents, readText } from "../files.js";
import { paletteOf } from "../palette.js";

/** `qtrace lint`: what is wrong in trace-events files. */
export const lintCommand: CommandDefinition = (program, run) => {
  program
    .command("lint")
    .description("find what is wrong in trace-events files; exit 1 if there is an error")
    .argument("<file...>", "trace-events files, folders of them, or - for standard input")
    .addOption(
      new Option("--format <format>", "how findings are printed")
        .choices(["text", "json"])
        .default("text"),
    )
    .addHelpText("after", "\nExample:\n  qtrace lint migration/trace-events hw/")
    .action((files: string[], { format }: { format: string }) =>
      run(async (io) => {
        const inputs = await findTraceEvents(files);
        const findings = [];
        for (const { file } of inputs) {
          const parsed = parse(await readText(file, io), file);
          for (const problem of lint(parsed)) findings.push({ source: parsed.source, problem });
        }
        if (format === "json") {
          const json = findings.map(({ source, problem }) => problemJson(source, problem));
          await io.out(`${JSON.stringify(json, null, 1)}\n`);
        } else {
          const palette = paletteOf(io.colors);
          for (const { source, problem } of findings)
            await io.out(printProblem(source, problem, palette));
        }
        const errors = findings.filter(({ problem }) => severityOf(problem) === "error").length;
        const warnings = findings.length - errors;
        io.err(
          `${count(inputs.length, "file")}: ${count(errors, "error")}, ${count(warnings, "warning")}\n`,
        );
        return errors > 0 ? 1 : 0;
      }),
    );
};

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
