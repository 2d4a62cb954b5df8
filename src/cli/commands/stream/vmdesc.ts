import type { CommandDefinition } from "../../command-definition.js";
import { Failure } from "../../io.js";
import { eachItem } from "../../read-items.js";
import type { StreamChoice } from "../../stream-input.js";
import { offsetOption, STREAM_ARGUMENT, snapshotOption } from "./stream-options.js";

interface VmdescArguments extends StreamChoice {
  readonly json?: true;
}

/** `qtrace stream vmdesc`. */
export const defineVmdesc: CommandDefinition = (command, run) => {
  command
    .argument("<file>", STREAM_ARGUMENT)
    .option("--json", "as it stands in the stream, on one line; else indented")
    .addOption(offsetOption())
    .addOption(snapshotOption())
    .addHelpText(
      "after",
      "\nExample:\n  qtrace stream vmdesc stream.bin | jq '.devices[].vmsd_name'",
    )
    .action((file: string, { json, ...options }: VmdescArguments) =>
      run(async (io) => {
        let text: string | undefined;
        const failure = await eachItem(file, io, options, (item) => {
          if (item.type === "vm-description") text = item.json;
        });
        if (failure) io.err(`qtrace: ${file}: ${failure.message}\n`);
        if (text === undefined) {
          if (failure) return 1;
          throw new Failure(`${file}: no VMDESCRIPTION, as after postcopy`, 1);
        }
        await io.out(json ? `${text}\n` : `${JSON.stringify(JSON.parse(text), null, 2)}\n`);
        return failure ? 1 : 0;
      }),
    );
};
