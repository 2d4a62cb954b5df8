import { open } from "node:fs/promises";
import { itemLabel } from "../../analysis/item-label.js";
import { CHANNEL_KIND_HEAD, channelKind } from "../../migration/wire/channel-kind.js";
import type { StreamItem } from "../../migration/wire/stream-item.js";
import { formatBytes, formatOffset } from "../../report/units.js";
import type { CommandDefinition } from "../command-definition.js";
import { endpointName, parseEndpoint } from "../engine/endpoint.js";
import { LiveProgress } from "../engine/live-progress.js";
import { CONNECT_TIMEOUT, rate, seconds } from "../engine/options.js";
import {
  type Cue,
  cued,
  RateKeeper,
  rated,
  recordedCues,
  recordedStart,
  stepped,
} from "../engine/playback.js";
import { findChannels, type PlayedRecording } from "../engine/played-recording.js";
import { Sender, type SendResult, type SentChannel } from "../engine/sender.js";
import { exists, readFileChunks, unreadable } from "../files.js";
import { Failure, type Io } from "../io.js";
import { readItems } from "../read-items.js";
import { timesOf } from "../recording-layout.js";

interface SendArguments {
  readonly to: string;
  readonly rate?: number;
  readonly asRecorded?: true;
  readonly step?: number;
  readonly connectTimeout?: number;
  readonly stallTimeout?: number;
}

/** `qtrace send`: plays a stream into a QEMU that waits for a migration. */
export const sendCommand: CommandDefinition = (command, run) => {
  command
    .argument("<input>", "a stream, or a recording's folder with all its channels")
    .requiredOption("--to <endpoint>", "where the QEMU waits: HOST:PORT or unix:PATH")
    .option("--rate <bytes/s>", "no faster than this, such as 8M", rate)
    .option("--as-recorded", "each piece when it passed in the recording, by channelN.times")
    .option("--step <s>", "rest so many seconds behind each item: tells where it stops", seconds)
    .option("--connect-timeout <s>", "seconds for reaching the QEMU (10 if left out)", seconds)
    .option("--stall-timeout <s>", "give up if it takes and says nothing for so long", seconds)
    .addHelpText(
      "after",
      "\nExample:\n" +
        "  qemu-system-x86_64 -machine q35 … -S -incoming unix:/tmp/incoming.sock\n" +
        "  qtrace send my-migration --to unix:/tmp/incoming.sock\n" +
        "  qtrace stream edit stream.bin --output edited.bin …\n" +
        "  qtrace send edited.bin --to unix:/tmp/incoming.sock --step 0.01",
    )
    .action((input: string, options: SendArguments) => run((io) => send(input, options, io)));
};

async function send(input: string, options: SendArguments, io: Io): Promise<number> {
  const to = parseEndpoint(options.to);
  const paces = [options.rate, options.asRecorded, options.step].filter(
    (pace) => pace !== undefined,
  );
  if (paces.length > 1) throw new Failure("--rate, --as-recorded and --step exclude each other");
  const recording = await findChannels(input);
  const channels = await planChannels(recording, options, io);
  const { connectTimeout = CONNECT_TIMEOUT, stallTimeout } = options;
  const sender = new Sender({ to, connectTimeout, stallTimeout, signal: io.interruption?.() });
  const live = new LiveProgress(io, () => ({
    progress: sender.progress.snapshot(),
    bytes: sender.bytes,
  }));
  const result = await sender.run(channels).finally(() => live.stop());
  if (!result.failure) {
    await io.out(`${success(result, sender.bytes)}\n`);
    const { failure } = sender.progress.snapshot();
    if (result.shut === 0 || !failure) return 0;
    io.err(`qtrace: ${recording.main}: ${failure.message}\n`);
    return 1;
  }
  io.err(`qtrace: ${endpointName(to)}: ${result.failure.message}\n`);
  await io.out(`${await whereItStopped(recording.main, result, options, io)}\n`);
  return io.interruption && result.failure.message === "interrupted" ? 2 : 1;
}

async function planChannels(
  { main, further }: PlayedRecording,
  options: SendArguments,
  io: Io,
): Promise<SentChannel[]> {
  const files = [main, ...further];
  const heads = await Promise.all(files.map(headOf));
  if (heads[0]!.kind !== "main") throw new Failure(`${main}: not a migration stream`);
  const keeper = options.rate === undefined ? undefined : new RateKeeper(options.rate);
  const cues = options.asRecorded ? await allCues(files, io) : undefined;
  const ends = options.step === undefined ? undefined : await itemEnds(main, io);
  const begin = performance.now();
  return files.map((file, index) => ({
    ...heads[index]!,
    bytes: () => {
      const chunks = readFileChunks(file, io);
      if (keeper) return rated(chunks, keeper);
      if (cues) return cued(chunks, cues[index]!, begin);
      return ends && index === 0 ? stepped(chunks, ends, options.step!) : chunks;
    },
  }));
}

async function headOf(file: string): Promise<Omit<SentChannel, "bytes">> {
  try {
    const handle = await open(file);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHANNEL_KIND_HEAD), 0);
    const { size: length } = await handle.stat();
    await handle.close();
    return {
      kind: bytesRead === 0 ? "silent" : channelKind(buffer.subarray(0, bytesRead)),
      length,
    };
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** When each piece of each channel passed, from the first of all on. */
async function allCues(files: readonly string[], io: Io): Promise<Cue[][]> {
  const times = files.map(timesOf);
  for (const file of times) {
    if (!(await exists(file))) throw new Failure(`${file} is not there: --as-recorded needs it`);
  }
  const starts = await Promise.all(times.map((file) => recordedStart(file, io)));
  const [zero = 0n] = starts.filter((at) => at !== undefined).sort((a, b) => Number(a - b));
  return Promise.all(times.map((file) => recordedCues(file, zero, io)));
}

async function itemEnds(file: string, io: Io): Promise<number[]> {
  const { items } = await readItems(file, io);
  return items.map(({ offset, size }) => offset + size);
}

/** `sent 5.71 MiB; the destination has loaded it: SHUT 0`. */
function success({ shut, pongs, pagesRequested }: SendResult, bytes: number): string {
  const word =
    shut === 0
      ? "the destination has loaded it: SHUT 0"
      : "the destination has taken all and closed; without a return path it says no more";
  const notes = [
    pongs > 0 && `${pongs} PINGs answered`,
    pagesRequested > 0 && `${pagesRequested} pages asked for`,
  ].filter(Boolean);
  return `sent ${formatBytes(bytes)}; ${[word, ...notes].join("; ")}`;
}

/** Between which items the destination stopped, as far as one can tell from here. */
async function whereItStopped(
  file: string,
  { taken, pongs }: SendResult,
  { step }: SendArguments,
  io: Io,
): Promise<string> {
  const { items } = await readItems(file, io);
  const last = items.findLast(({ offset }) => offset < taken);
  const answered = answeredPing(items, pongs);
  const from = answered ? `behind ${place(answered)}, which it answered` : "at the beginning";
  const to = last ? `${place(last)}, the last that was handed over` : "the first item";
  const hint =
    step === undefined
      ? "\nIt may have read less than was handed over: --step 0.01 tells closer."
      : "";
  return `stopped ${from}, and at ${to} (${taken} bytes)${hint}`;
}

/** The PING that the last of so many PONGs answers. */
function answeredPing(items: readonly StreamItem[], pongs: number): StreamItem | undefined {
  if (pongs === 0) return undefined;
  return items.filter((item) => item.type === "command" && item.command.name === "PING")[pongs - 1];
}

function place(item: StreamItem): string {
  return `${itemLabel(item)} at ${formatOffset(item.offset)}`;
}
