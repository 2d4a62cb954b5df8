import { parse } from "../../../grammar/parse.js";
import { printProblem } from "../../diagnostics/print-problems.js";
import type { CommandDefinition } from "../command-definition.js";
import { findTraceEvents, readText } from "../files.js";
import { paletteOf } from "../palette.js";

/** `qtrace parse`: the syntax tree as JSON. */
export const parseCommand: CommandDefinition = (program, run) => {
  program
    .command("parse")
    .description("print the syntax tree of trace-events files as JSON, an object a file")
    .argument("<file...>", "trace-events files, folders of them, or - for standard input")
    .addHelpText("after", "\nExample:\n  qtrace parse migration/trace-events | jq '.tree.lines[0]'")
    .action((files: string[]) =>
      run(async (io) => {
        let broken = false;
        for (const { file } of await findTraceEvents(files)) {
          const { source, file: tree, problems } = parse(await readText(file, io), file);
          await io.out(`${JSON.stringify({ file, tree })}\n`);
          for (const problem of problems)
            io.err(printProblem(source, problem, paletteOf(io.colors)));
          broken ||= problems.length > 0;
        }
        return broken ? 1 : 0;
      }),
    );
};
