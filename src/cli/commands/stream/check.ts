import { StreamChecker } from "../../../migration/wire/check-stream.js";
import { formatOffset } from "../../../report/units.js";
import type { CommandDefinition } from "../../command-definition.js";
import { eachItem } from "../../read-items.js";
import type { StreamChoice } from "../../stream-input.js";
import { STREAM_ARGUMENT, snapshotOption } from "./snapshot-option.js";

interface CheckArguments extends StreamChoice {
  readonly json?: true;
}

/** `qtrace stream check`. */
export const defineCheck: CommandDefinition = (command, run) => {
  command
    .argument("<file>", STREAM_ARGUMENT)
    .option("--json", "an object a finding: code, offset, message")
    .addOption(snapshotOption())
    .addHelpText("after", "\nExample:\n  qtrace stream check stream.bin")
    .action((file: string, { json, ...options }: CheckArguments) =>
      run(async (io) => {
        const checker = new StreamChecker();
        const failure = await eachItem(file, io, options, (item) => checker.add(item));
        const findings = checker.finish(failure);
        for (const finding of findings) {
          const { offset, message, code } = finding;
          const text = `${file}: ${formatOffset(offset)}: ${message} [${code}]`;
          await io.out(`${json ? JSON.stringify(finding) : text}\n`);
        }
        if (findings.length === 0) io.err(`qtrace: ${file}: nothing to find fault with\n`);
        return findings.length === 0 ? 0 : 1;
      }),
    );
};
