import { severityOf } from "../../diagnostics/catalogue.js";
import { printProblem } from "../../diagnostics/print-problem.js";
import type { CommandDefinition } from "../command-definition.js";
import { findTraceEvents } from "../files.js";
import { writeLines } from "../io.js";
import { paletteOf } from "../palette.js";
import { readSource } from "../read-source.js";

/** `qtrace parse`: the syntax tree as JSON. */
export const parseCommand: CommandDefinition = (command, run) => {
  command
    .argument("<file...>", "trace-events files, folders of them, or - for standard input")
    .addHelpText("after", "\nExample:\n  qtrace parse migration/trace-events | jq '.tree.lines[0]'")
    .action((files: string[]) =>
      run(async (io) => {
        let broken = false;
        for (const { file } of await findTraceEvents(files)) {
          const { source, file: tree, problems } = await readSource(file, io);
          await io.out(`${JSON.stringify({ file, tree })}\n`);
          for (const problem of problems)
            writeLines(io, printProblem(source, problem, paletteOf(io.colors)));
          broken ||= problems.some((problem) => severityOf(problem) === "error");
        }
        return broken ? 1 : 0;
      }),
    );
};
