import { InvalidArgumentError, Option } from "commander";
import { DecodeError } from "../../../bytes/decode-error.js";
import type { StreamEdits, SubsectionName } from "../../../migration/wire/stream-edits.js";
import { StreamRewriter } from "../../../migration/wire/stream-rewriter.js";
import {
  type CommandDefinition,
  OutputOption,
  RepeatableOption,
} from "../../command-definition.js";
import { Failure, type Io } from "../../io.js";
import { openOutput } from "../../outputs/output-file.js";
import {
  descriptionOf,
  openStream,
  type StreamChoice,
  type StreamInput,
} from "../../stream-input.js";
import { offsetOption, STREAM_ARGUMENT } from "./stream-options.js";

interface EditArguments extends Pick<StreamChoice, "offset"> {
  readonly output: string;
  readonly machine?: string;
  readonly dropSubsection?: SubsectionName[];
  readonly sendSwitchoverStart?: "on" | "off";
}

const CHUNK = 1024 * 1024;

/** `qtrace stream edit`. */
export const defineEdit: CommandDefinition = (command, run) => {
  command
    .argument("<file>", STREAM_ARGUMENT.replace(", or -", ""))
    .addOption(new OutputOption("--output <file>", "write the stream there").makeOptionMandatory())
    .addOption(offsetOption())
    .option("--machine <type>", "the machine type that the stream is to name")
    .addOption(
      new RepeatableOption(
        "--drop-subsection <idstr:name>",
        "take this subsection out of the devices with that idstr; may be repeated",
      ).argParser(subsectionName),
    )
    .addOption(
      new Option(
        "--send-switchover-start <how>",
        "as the machine's property: put the command in, or take it out",
      ).choices(["on", "off"]),
    )
    .addHelpText(
      "after",
      "\nExample:\n  qtrace stream edit new.bin --output old.bin --machine pc-q35-9.2 " +
        "--send-switchover-start off",
    )
    .action((file: string, options: EditArguments) =>
      run(async (io) => {
        const { machine, dropSubsection, sendSwitchoverStart, offset } = options;
        const edits: StreamEdits = {
          ...(machine !== undefined && { machine }),
          ...(dropSubsection && { dropSubsections: dropSubsection }),
          ...(sendSwitchoverStart && { switchoverStart: sendSwitchoverStart === "on" }),
        };
        const input = await openStream(file, io, offset === undefined ? {} : { offset });
        try {
          await rewrite(file, input, edits, options.output, io);
        } finally {
          await input.close();
        }
        return 0;
      }),
    );
};

async function rewrite(
  file: string,
  input: StreamInput,
  edits: StreamEdits,
  output: string,
  io: Io,
): Promise<void> {
  const { access, offset } = input;
  if (!access) {
    const why = file === "-" ? "save it to a file" : "undo its compression";
    throw new Failure(`${file}: to edit a stream, ${why} first`);
  }
  const rewriter = new StreamRewriter(edits, await descriptionOf(input), offset);
  const out = await openOutput(output, { inputs: io.inputs, guestData: true });
  try {
    for (let at = offset; at < access.size; at += CHUNK) {
      await out.write(rewriter.push(await access.read(at, Math.min(CHUNK, access.size - at))));
    }
    await out.write(rewriter.end());
    await out.commit();
  } catch (error) {
    await out.discard();
    if (error instanceof RangeError) throw new Failure(`${file}: ${error.message}`);
    throw error instanceof DecodeError ? new Failure(`${file}: ${error.message}`, 1) : error;
  }
}

function subsectionName(text: string, before: SubsectionName[] = []): SubsectionName[] {
  // Names of devices on a bus have colons, those of subsections do not.
  const colon = text.lastIndexOf(":");
  if (colon < 1)
    throw new InvalidArgumentError("give the idstr and the subsection, such as cpu:cpu/fpop");
  return [...before, { idstr: text.slice(0, colon), subsection: text.slice(colon + 1) }];
}
