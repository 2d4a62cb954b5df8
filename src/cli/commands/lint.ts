import { Option } from "commander";
import { type CommandDefinition, OutputOption, RepeatableOption } from "../command-definition.js";
import { type LintOptions, readMaxWarnings, readQemuOption } from "../lint/lint-options.js";
import { runLint } from "../lint/run-lint.js";

const examples = `
A comment \`# qtrace-ignore RULE -- why\` above an event lets it be; docs/rules/ tells of every rule.

Examples:
  qtrace lint migration/trace-events hw/
  qtrace lint --fix --rule missing-blank=off .
  qtrace lint --source . --set strict --baseline lint-baseline.json .
  qtrace lint --diff origin/master --format github .`;

/** `qtrace lint`: what is wrong in trace-events files. */
export const lintCommand: CommandDefinition = (command, run) => {
  command
    .argument("<file...>", "trace-events files, folders of them, or - for standard input")
    .addOption(
      new Option("--format <format>", "how findings are printed")
        .choices(["text", "json", "sarif", "github"])
        .default("text"),
    )
    .addOption(
      new Option("--set <set>", "the rules: mistakes only, or style too").choices([
        "recommended",
        "strict",
      ]),
    )
    .addOption(
      new RepeatableOption(
        "--rule <name=level>",
        "set a rule to off, warn or error; may be repeated",
      )
        .argParser((text, list: readonly string[]) => [...list, text])
        .default([]),
    )
    .option("--config <file>", "instead of the nearest qtrace.config.json above each file")
    .option("--source <dir>", "look at the calls in the C and Rust sources of this tree too")
    .option(
      "--qemu <version>",
      "the version that is to read the files: tell what it no longer reads",
      readQemuOption,
    )
    .option("--fix", "mend what can be mended for certain, then tell the rest")
    .option("--fix-dry-run", "print what --fix would change as a diff, and write nothing")
    .addOption(
      new OutputOption("--baseline <file>", "tell only what this file does not know already", {
        writtenWith: "updateBaseline",
      }),
    )
    .option("--update-baseline", "write all findings to the baseline")
    .option("--diff <base>", "tell only what is on lines changed since a git revision")
    .option("--max-warnings <count>", "exit 1 if there are more warnings", readMaxWarnings)
    .addHelpText("after", examples)
    .action((files: string[], options: LintOptions) => run((io) => runLint(files, options, io)));
};
