import { StreamChecker } from "../../../migration/wire/check-stream.js";
import { formatOffset } from "../../../report/units.js";
import type { CommandDefinition } from "../../command-definition.js";
import { eachItem } from "../../read-items.js";
import type { StreamChoice } from "../../stream-input.js";
import { offsetOption, STREAM_ARGUMENT, snapshotOption } from "./stream-options.js";

interface CheckArguments extends StreamChoice {
  readonly json?: true;
}

/** `qtrace stream check`. */
export const defineCheck: CommandDefinition = (command, run) => {
  command
    .argument("<file>", STREAM_ARGUMENT)
    .option("--json", "one object per finding: code, severity, offset, message")
    .addOption(offsetOption())
    .addOption(snapshotOption())
    .addHelpText("after", "\nExample:\n  qtrace stream check stream.bin")
    .action((file: string, { json, ...options }: CheckArguments) =>
      run(async (io) => {
        const checker = new StreamChecker();
        const failure = await eachItem(file, io, options, (item) => checker.add(item));
        const findings = checker.finish(failure);
        for (const finding of findings) {
          const { severity, offset, message, code } = finding;
          const warning = severity === "warning" ? "warning: " : "";
          const text = `${file}: ${formatOffset(offset)}: ${warning}${message} [${code}]`;
          await io.out(`${json ? JSON.stringify(finding) : text}\n`);
        }
        if (findings.length === 0) io.err(`qtrace: ${file}: nothing to find fault with\n`);
        return findings.some(({ severity }) => severity === "error") ? 1 : 0;
      }),
    );
};
