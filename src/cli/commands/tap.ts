import { ENCRYPTED } from "../../migration/wire/tls.js";
import { type CommandDefinition, OutputOption } from "../command-definition.js";
import { accountRecording } from "../engine/account-recording.js";
import { DroppedConnections } from "../engine/dropped-connections.js";
import { endpointName, exposureWarning, parseEndpoint } from "../engine/endpoint.js";
import { LiveProgress } from "../engine/live-progress.js";
import { CONNECT_TIMEOUT, seconds } from "../engine/options.js";
import { RecordingWriter } from "../engine/recording-writer.js";
import { Tap, type TapResult } from "../engine/tap.js";
import type { Io } from "../io.js";

interface TapArguments {
  readonly listen: string;
  readonly to: string;
  readonly output: string;
  readonly force?: true;
  readonly sourceTrace?: string;
  readonly destinationTrace?: string;
  readonly sourceEvents?: string;
  readonly destinationEvents?: string;
  readonly events?: string[];
  readonly connectTimeout?: number;
  readonly stallTimeout?: number;
}

/** `qtrace tap`: stands between two QEMUs, passes every byte on, and writes it down. */
export const tapCommand: CommandDefinition = (command, run) => {
  command
    .requiredOption("--listen <endpoint>", "where the source connects to: [HOST]:PORT or unix:PATH")
    .requiredOption("--to <endpoint>", "where the destination waits (-incoming)")
    .addOption(
      new OutputOption("--output <dir>", "the folder to leave the recording in").default(
        "qtrace-tap",
      ),
    )
    .option("--force", "write over a recording that is there")
    .option("--source-trace <file>", "the source's trace, to be joined when the migration is over")
    .option("--destination-trace <file>", "the destination's trace")
    .option("--events <file...>", "the trace-events files of the QEMU that wrote the traces")
    .option("--source-events <file>", "that of the source's QEMU, where it is another version")
    .option("--destination-events <file>", "that of the destination's")
    .option(
      "--connect-timeout <s>",
      "seconds for reaching the destination (10 if left out)",
      seconds,
    )
    .option("--stall-timeout <s>", "give up if nothing passes for so many seconds", seconds)
    .addHelpText(
      "after",
      "\nExample:\n" +
        "  qemu-system-x86_64 … -incoming unix:/tmp/destination.sock\n" +
        "  qtrace tap --listen 127.0.0.1:4444 --to unix:/tmp/destination.sock --output my-migration\n" +
        "  (qemu) migrate tcp:127.0.0.1:4444",
    )
    .action((options: TapArguments) => run((io) => runTap(options, io)));
};

async function runTap(options: TapArguments, io: Io): Promise<number> {
  const [listen, to] = [parseEndpoint(options.listen), parseEndpoint(options.to)];
  const { output: folder, connectTimeout = CONNECT_TIMEOUT, stallTimeout } = options;
  const about = {
    qemu: null,
    transport: listen.kind,
    tap: { listen: options.listen, to: options.to },
  };
  const recording = await RecordingWriter.open(folder, about, { ...options, inputs: io.inputs });
  const signal = io.interruption?.();
  const dropped = new DroppedConnections(io);
  const tap = new Tap({
    listen,
    to,
    recording,
    connectTimeout,
    stallTimeout,
    signal,
    onDropped: dropped.add,
  });
  const where = await tap.listen().catch((error: unknown) => {
    recording.discard();
    throw error;
  });
  if (where.isExposed) io.err(`qtrace: ${exposureWarning(where.endpoint)}\n`);
  io.err(
    `qtrace: listening at ${endpointName(where.endpoint)} for the source, on to ${endpointName(to)}\n`,
  );
  const live = new LiveProgress(io, () => ({ progress: tap.progress, bytes: tap.bytes }));
  const result = await tap.run();
  live.stop();
  dropped.end();
  const { sourceOnThisHost } = result;
  const { machine } = result.progress;
  const broken = result.failure ? [] : brokenChannels(result);
  const complete = !result.failure && !recording.failure && broken.length === 0;
  const channels = result.channels.length;
  await recording.close({ machine: machine ?? null, channels, complete, sourceOnThisHost });
  const failed = result.failure || broken.length > 0 ? [] : migrationFailure(result);
  const encrypted = result.channels.some((channel) => channel.number === 0 && channel.encrypted);
  const channel0 = encrypted ? `channel 0: ${ENCRYPTED}` : undefined;
  tell([channel0, result.failure?.message, ...broken, ...failed], recording, io);
  if (result.failure && result.channels.length === 0) {
    recording.discard();
    return 2;
  }
  const damaged = await accountRecording(folder, options, options.events, io);
  if (recording.failure || result.failure) return 2;
  return damaged || broken.length > 0 || failed.length > 0 ? 1 : 0;
}

/** What went wrong, a line each. */
function tell(messages: readonly (string | undefined)[], recording: RecordingWriter, io: Io): void {
  for (const message of messages) if (message !== undefined) io.err(`qtrace: ${message}\n`);
  if (recording.failure) {
    io.err(`qtrace: ${recording.failure.message}: recorded up to there; the migration went on\n`);
  }
}

/** Channels that broke, or were closed, before the migration had come to its end. */
function brokenChannels({ channels, progress }: TapResult): string[] {
  if (progress.phase === "end") return [];
  const isUnderstood = progress.failure === undefined;
  return channels.flatMap(({ number, kind, forward, failure }) => {
    const at = `after ${forward} bytes from the source`;
    if (failure) return [`channel ${number} broke ${at}: ${failure}`];
    if (kind !== "main" || !isUnderstood) return [];
    return [`channel ${number} was closed ${at}, in the middle of the migration`];
  });
}

/**
 * Why a migration whose stream is complete failed, by what passed. A destination with a return path
 * ends it with SHUT 0 if it has loaded the guest (QEMU migration/migration.c:
 * migration_incoming_state_destroy); one without can only close the connection before it has read all.
 */
function migrationFailure({ channels, progress }: TapResult): string[] {
  const main = channels.find(({ number }) => number === 0);
  if (!main || main.shut === 0) return [];
  if (main.shut !== undefined) {
    return [
      `the migration failed: the destination did not load the guest, as its SHUT ${main.shut} says`,
    ];
  }
  if (progress.returnPath || main.kind === "resumed") {
    return ["the migration failed: the destination closed the return path without SHUT"];
  }
  if (main.brokenBy !== "destination") return [];
  return ["the migration failed: the destination closed the connection before it had read all"];
}
