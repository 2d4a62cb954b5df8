import { Option } from "commander";
import { StateCollector } from "../../../migration/wire/state-collector.js";
import { sectionStateToJson } from "../../../migration/wire/state-json.js";
import { stateToQemuJson } from "../../../migration/wire/state-qemu-json.js";
import { stateSizesToText, stateToText } from "../../../report/state-text.js";
import type { CommandDefinition } from "../../command-definition.js";
import { readDeviceStates } from "../../device-state-channels.js";
import { Failure } from "../../io.js";
import { eachItem } from "../../read-items.js";
import type { StreamChoice } from "../../stream-input.js";
import { offsetOption, STREAM_ARGUMENT, snapshotOption } from "./stream-options.js";

interface StateArguments extends StreamChoice {
  readonly format: "text" | "sizes" | "json" | "qemu";
  readonly json?: true;
  readonly device?: string[];
  readonly channel?: string[];
}

/** `qtrace stream state`. */
export const defineState: CommandDefinition = (command, run) => {
  command
    .argument("<file>", STREAM_ARGUMENT)
    .addOption(
      new Option(
        "--format <format>",
        "text; sizes by device and subsection only; json, as documented in docs/stream-state.md; " +
          "or qemu, as analyze-migration.py prints it",
      )
        .choices(["text", "sizes", "json", "qemu"])
        .default("text"),
    )
    .option("--json", "the same as --format json")
    .option("--device <idstr...>", "only these devices")
    .option("--channel <file...>", "multifd channels of the same migration, with states of devices")
    .addOption(offsetOption())
    .addOption(snapshotOption())
    .addHelpText("after", "\nExample:\n  qtrace stream state stream.bin --device cpu apic")
    .action((file: string, { format, json, device, channel = [], ...options }: StateArguments) =>
      run(async (io) => {
        const collector = new StateCollector();
        const failure = await eachItem(file, io, { ...options, keepData: true }, (item) =>
          collector.add(item),
        );
        const { devices, whole } = await readDeviceStates(channel, collector.pageSize, io);
        const all = collector.sections(undefined, devices);
        const strays = devices.filter((packets) => !all.some(({ multifd }) => multifd === packets));
        for (const { idstr } of strays) {
          io.err(`qtrace: ${file}: channels hold state of "${idstr}", which has no section\n`);
        }
        const sections = all.filter(({ idstr }) => !device || device.includes(idstr));
        const lacking = device?.find((idstr) => !all.some((section) => section.idstr === idstr));
        if (lacking !== undefined) throw new Failure(`${file}: no device "${lacking}"`);
        switch (json ? "json" : format) {
          case "qemu":
            await io.out(`${stateToQemuJson(sections)}\n`);
            break;
          case "json":
            for (const section of sections) {
              await io.out(`${JSON.stringify(sectionStateToJson(section))}\n`);
            }
            break;
          case "sizes":
            await io.out(stateSizesToText(sections));
            break;
          case "text":
            await io.out(`${stateSizesToText(sections)}\n${stateToText(sections)}`);
        }
        if (failure) io.err(`qtrace: ${file}: ${failure.message}\n`);
        return failure || !whole || strays.length > 0 ? 1 : 0;
      }),
    );
};
