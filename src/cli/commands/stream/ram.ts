import { DecodeError } from "../../../bytes/decode-error.js";
import { channelKind } from "../../../migration/wire/channel-kind.js";
import { DEFAULT_PAGE_SIZE } from "../../../migration/wire/constants.js";
import { KnownBlocks } from "../../../migration/wire/known-blocks.js";
import { MultifdJoin } from "../../../migration/wire/multifd-join.js";
import type { PullBytes } from "../../../migration/wire/multifd-pages.js";
import { RamChannelReader } from "../../../migration/wire/ram-channel-reader.js";
import { RamImageBuilder } from "../../../migration/wire/ram-image.js";
import type { RamSink } from "../../../migration/wire/ram-sink.js";
import { RamStatsCounter } from "../../../migration/wire/ram-stats.js";
import { isSection, type StreamItem } from "../../../migration/wire/stream-item.js";
import { teeRamSink } from "../../../migration/wire/tee-ram-sink.js";
import { ramHeatSvg } from "../../../report/ram-heat-svg.js";
import { ramStatsToText } from "../../../report/ram-stats-text.js";
import { formatBytes } from "../../../report/units.js";
import { withoutControls } from "../../../without-controls.js";
import { type CommandDefinition, OutputOption } from "../../command-definition.js";
import { ImageFiles } from "../../image-files.js";
import { Failure, type Io } from "../../io.js";
import { writeOutput } from "../../outputs/output-file.js";
import { pullFile } from "../../pull-file.js";
import { isCut } from "../../read-connections.js";
import { eachItem } from "../../read-items.js";
import type { StreamChoice } from "../../stream-input.js";
import { offsetOption, STREAM_ARGUMENT, snapshotOption } from "./stream-options.js";

interface RamArguments extends StreamChoice {
  readonly output?: string;
  readonly stats?: true;
  readonly heat?: string;
  readonly channel?: string[];
  readonly resumed?: string[];
  readonly json?: true;
}

/** `qtrace stream ram`. */
export const defineRam: CommandDefinition = (command, run) => {
  command
    .argument("<file>", STREAM_ARGUMENT)
    .addOption(
      new OutputOption("--output <dir>", "write an image of each RAM block there, and blocks.json"),
    )
    .option("--stats", "pages by kind and round, how often each was sent, the hottest regions")
    .addOption(
      new OutputOption(
        "--heat <file>",
        "write an SVG picture there: sends by region of memory and round",
      ),
    )
    .option(
      "--channel <file...>",
      "the further channels of the same migration: multifd's, postcopy's",
    )
    .option(
      "--resumed <file...>",
      "the connections, in order, by which a paused postcopy went on when the one before was lost",
    )
    .option("--json", "statistics or list as JSON, as documented in docs/stream-ram.md")
    .addOption(offsetOption())
    .addOption(snapshotOption())
    .addHelpText("after", "\nExample:\n  qtrace stream ram stream.bin --output images --stats")
    .action((file: string, options: RamArguments) =>
      run(async (io) => {
        const { output, stats, heat } = options;
        if (!output && !stats && !heat) throw new Failure("give --output, --stats or --heat");
        const { inputs } = io;
        const onNote = (message: string) => io.err(`qtrace: ${file}: ${message}\n`);
        const images =
          output === undefined ? undefined : new ImageFiles(output, { inputs, onNote });
        const counter = stats || heat ? new RamStatsCounter() : undefined;
        const builder = images && new RamImageBuilder((block) => images.open(block));
        const ok = await readRam(file, options, builder, counter, io).catch((error: unknown) => {
          images?.discard();
          throw error;
        });
        const list = images?.finish();
        if (list && list.length > 0 && !ok) {
          io.err(
            `qtrace: ${output}: the images are incomplete, as the stream could not be read to its end\n`,
          );
        }
        const absent = builder?.absent.map(({ name, usedLength }) => {
          return { block: name, length: usedLength };
        });
        const counted = counter?.stats();
        if (heat !== undefined && counted) await writeOutput(heat, ramHeatSvg(counted), { inputs });
        if (options.json) {
          const json = {
            ...(list && { images: list }),
            ...(absent && absent.length > 0 && { absent }),
            ...(stats && counted),
          };
          await io.out(`${JSON.stringify(json)}\n`);
        } else {
          for (const entry of list ?? []) {
            await io.out(
              `${entry.file}: ${withoutControls(entry.block)}, ${formatBytes(entry.length)}\n`,
            );
          }
          for (const { block, length } of absent ?? []) {
            const what = `${withoutControls(block)}: no image; its memory (${formatBytes(length)}) is not in the stream`;
            await io.out(`${what}\n`);
          }
          if (stats && counted) await io.out(`${list ? "\n" : ""}${ramStatsToText(counted)}`);
        }
        return ok ? 0 : 1;
      }),
    );
};

async function readRam(
  file: string,
  options: RamArguments,
  builder: RamImageBuilder | undefined,
  counter: RamStatsCounter | undefined,
  io: Io,
): Promise<boolean> {
  const sink = teeRamSink([...(builder ? [builder] : []), ...(counter ? [counter] : [])]);
  const { multifd, urgent } = furtherChannels(options.channel ?? []);
  const join = new MultifdJoin(
    multifd.map(({ pull }) => pull),
    sink,
  );
  let flushed = false;
  const known = new KnownBlocks();
  const watch = (item: StreamItem) => {
    if (item.type === "command" && item.command.name === "RECV_BITMAP" && known.size === 0) {
      throw new Failure(
        `${file}: the connection by which a paused postcopy went on; give it with --resumed, behind the one before`,
      );
    }
    if (!isSection(item)) {
      if (item.type === "command" && item.command.name === "POSTCOPY_RUN") counter?.postcopy();
    } else if (item.ram) {
      flushed ||= (item.ram.flush ?? 0) > 0;
      join.sectionEnd();
    }
  };
  const ram = teeRamSink([known, multifd.length > 0 ? join : sink]);
  const { snapshot, offset, resumed = [] } = options;
  const choice = { ...(snapshot && { snapshot }), ...(offset !== undefined && { offset }) };
  let failure = await eachItem(file, io, { ram, ...choice }, watch);
  let broken = file;
  for (const next of resumed) {
    // A connection that was lost ends anywhere, most likely within a page.
    if (failure && !isCut(failure)) break;
    failure = await eachItem(next, io, { ram, ...known.options() }, watch);
    broken = next;
  }
  for (const { file: channel, pull } of urgent) {
    const error = readUrgent(pull, known, sink);
    if (error && !failure) broken = channel;
    failure ??= error;
  }
  if (failure) io.err(`qtrace: ${broken}: ${failure.message}\n`);
  const left = failure ? 0 : join.finish();
  if (left + join.missing > 0) {
    io.err(`qtrace: ${file}: ${left + join.missing} sync points are in one channel only\n`);
  }
  if (flushed && multifd.length === 0) {
    io.err(`qtrace: ${file}: pages went by multifd channels; give them with --channel\n`);
  }
  return !failure && left + join.missing === 0;
}

/** A channel beside the main one. */
interface FurtherChannel {
  readonly file: string;
  readonly pull: PullBytes;
}

/** The channels beside the main one by what they carry, which tells their first bytes: they may be pipes. */
function furtherChannels(files: readonly string[]) {
  const [multifd, urgent]: [FurtherChannel[], FurtherChannel[]] = [[], []];
  for (const file of files) {
    const pull = pullFile(file);
    const first = pull();
    if (!first) continue;
    const kind = channelKind(first);
    if (kind === "main" || kind === "resumed") {
      throw new Failure(`${file}: a main channel, not a further one`);
    }
    const channel = { file, pull: beginningWith(first, pull) };
    if (kind === "multifd") multifd.push(channel);
    else urgent.push(channel);
  }
  return { multifd, urgent };
}

function beginningWith(first: Uint8Array, rest: PullBytes): PullBytes {
  let next: Uint8Array | undefined = first;
  return () => {
    const chunk = next ?? rest();
    next = undefined;
    return chunk;
  };
}

/** Pages that went by a channel for urgent ones went last of all. Gives what it is broken by. */
function readUrgent(pull: PullBytes, known: KnownBlocks, sink: RamSink): DecodeError | undefined {
  const { pageSize = DEFAULT_PAGE_SIZE } = known.options();
  const reader = new RamChannelReader(known.byName, pageSize, sink);
  try {
    for (let chunk = pull(); chunk && !reader.done; chunk = pull()) {
      reader.append(chunk);
      reader.next();
    }
    reader.end();
    reader.next();
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}
