import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { InvalidArgumentError, Option } from "commander";
import { DecodeError } from "../../../bytes/decode-error.js";
import type { StreamEdits, SubsectionName } from "../../../migration/wire/stream-edits.js";
import { StreamRewriter } from "../../../migration/wire/stream-rewriter.js";
import { type CommandDefinition, RepeatableOption } from "../../command-definition.js";
import { unreadable } from "../../files.js";
import { Failure } from "../../io.js";
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
    .requiredOption("--output <file>", "write the stream there")
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
          await rewrite(file, input, edits, options.output);
        } finally {
          await input.close();
        }
        return 0;
      }),
    );
};

async function rewrite(file: string, input: StreamInput, edits: StreamEdits, output: string) {
  const { access, offset } = input;
  if (!access) {
    const why = file === "-" ? "save it to a file" : "undo its compression";
    throw new Failure(`${file}: to edit a stream, ${why} first`);
  }
  if (await isSameFile(file, output)) {
    throw new Failure(`${output}: is the stream itself; give another file to write to`);
  }
  const rewriter = new StreamRewriter(edits, await descriptionOf(input), offset);
  const out = createWriteStream(output);
  const done = finished(out).catch((error: unknown) => {
    throw unreadable(output, error);
  });
  done.catch(() => {});
  const write = async (bytes: Uint8Array) => {
    if (!out.write(bytes)) await Promise.race([once(out, "drain"), done]);
  };
  try {
    for (let at = offset; at < access.size; at += CHUNK) {
      await write(rewriter.push(await access.read(at, Math.min(CHUNK, access.size - at))));
    }
    await write(rewriter.end());
  } catch (error) {
    out.destroy();
    await removeFile(output);
    if (error instanceof RangeError) throw new Failure(`${file}: ${error.message}`);
    throw error instanceof DecodeError ? new Failure(`${file}: ${error.message}`, 1) : error;
  }
  out.end();
  await done;
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [a, b].map((file) => stat(file).catch(() => undefined)),
  );
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

/** What was written so far is no stream; what is no file (a pipe, a device) stays. */
async function removeFile(file: string): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  if (info?.isFile()) await rm(file);
}

function subsectionName(text: string, before: SubsectionName[] = []): SubsectionName[] {
  // Names of devices on a bus have colons, those of subsections do not.
  const colon = text.lastIndexOf(":");
  if (colon < 1)
    throw new InvalidArgumentError("give the idstr and the subsection, such as cpu:cpu/fpop");
  return [...before, { idstr: text.slice(0, colon), subsection: text.slice(colon + 1) }];
}
