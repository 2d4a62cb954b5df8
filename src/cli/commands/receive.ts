import type { RequestedPages } from "../../migration/engine/page-requests.js";
import { formatBytes } from "../../report/units.js";
import { type CommandDefinition, OutputOption } from "../command-definition.js";
import { accountRecording } from "../engine/account-recording.js";
import { DroppedConnections } from "../engine/dropped-connections.js";
import { endpointName, exposureWarning, parseEndpoint } from "../engine/endpoint.js";
import { LiveProgress } from "../engine/live-progress.js";
import { seconds, size } from "../engine/options.js";
import { type Received, Receiver, type ReceiverOptions } from "../engine/receiver.js";
import { RecordingWriter } from "../engine/recording-writer.js";
import { Failure, type Io } from "../io.js";
import { locateEvents, ownTraceEvents } from "../read-events.js";

interface ReceiveArguments extends ReceiverOptions {
  readonly listen: string;
  readonly output: string;
  readonly force?: true;
  readonly sourceTrace?: string;
  readonly events?: string[];
}

/** `qtrace receive`: the destination of a real QEMU's migration. */
export const receiveCommand: CommandDefinition = (command, run) => {
  command
    .requiredOption("--listen <endpoint>", "[HOST]:PORT, unix:PATH, or - for stdin")
    .addOption(
      new OutputOption("--output <dir>", "the folder to leave stream, trace and memory in").default(
        "qtrace-receive",
      ),
    )
    .option("--force", "write over a recording that is there")
    .option(
      "--max-memory <size>",
      "fail if the guest has more memory, such as 4G (default: as the stream first states, 1T at most)",
      size,
    )
    .option("--no-images", "keep no images of the guest's memory")
    .option("--switchover-ack", "acknowledge the switchover (the capability of that name)")
    .option("--suppress-vmdesc", "expect no VMDESCRIPTION (the machine's option of that name)")
    .option("--source-trace <file>", "the source's trace, to be joined when all is loaded")
    .option("--events <file...>", "the trace-events files of the QEMU that wrote the trace")
    .option("--wait-timeout <s>", "give up if no source comes for so many seconds", seconds)
    .option("--stall-timeout <s>", "give up if the source is silent for so many seconds", seconds)
    .option(
      "--pause-timeout <s>",
      "give up if a postcopy whose connection was lost has not gone on after so many seconds",
      seconds,
    )
    .addHelpText(
      "after",
      "\nExample:\n  qtrace receive --listen 127.0.0.1:4444 --output my-guest\n" +
        "  (qemu) migrate tcp:127.0.0.1:4444\n\n" +
        "Postcopy and multifd need nothing here but the capability at the source.",
    )
    .action((options: ReceiveArguments) => run((io) => receive(options, io)));
};

async function receive(options: ReceiveArguments, io: Io): Promise<number> {
  const endpoint = options.listen === "-" ? undefined : parseEndpoint(options.listen);
  const folder = options.output;
  const about = { qemu: null, transport: endpoint?.kind ?? "file", receive: options.listen };
  const recording = await RecordingWriter.open(folder, about, { ...options, inputs: io.inputs });
  const dropped = new DroppedConnections(io);
  let where = options.listen;
  const onPaused = ({ message }: Error) => io.err(`qtrace: ${pausedAt(where, message)}\n`);
  const onWarning = (message: string) => io.err(`qtrace: warning: ${message}\n`);
  const receiver = new Receiver(recording, {
    ...options,
    inputs: io.inputs,
    onDropped: dropped.add,
    onPaused,
    onWarning,
  });
  // Before the line that says where it listens: a signal may follow that line at once.
  const signal = io.interruption?.();
  if (endpoint) {
    const bound = await receiver.listen(endpoint).catch((error: unknown) => {
      recording.discard();
      throw error;
    });
    where = endpointName(bound.endpoint);
    if (bound.isExposed) io.err(`qtrace: ${exposureWarning(bound.endpoint)}\n`);
    io.err(`qtrace: waiting for a migration at ${where}\n`);
  } else {
    receiver.take(io.stdin());
  }
  const live = new LiveProgress(io, () => receiver.live);
  const outcome = await receiver.run(signal).finally(() => live.stop());
  dropped.end();
  io.err(`qtrace: ${outcome.failure ? outcome.failure.message : summary(outcome)}\n`);
  if (receiver.live.bytes === 0) {
    recording.discard();
    return 2;
  }
  const events = options.events ?? (await eventsFor(options.sourceTrace));
  const damaged = await accountRecording(folder, options, events, io);
  if (outcome.failure) return outcome.failure instanceof Failure ? outcome.failure.exitCode : 1;
  return damaged ? 1 : 0;
}

/** How a postcopy goes on whose connection was lost. */
function pausedAt(where: string, reason: string): string {
  return (
    `postcopy has paused: ${reason}; waiting at ${where} for the source to go on: ` +
    "migrate-pause if it has not noticed, then migrate with resume"
  );
}

/** The source's trace is of its QEMU, the destination's is our own. */
async function eventsFor(sourceTrace: string | undefined): Promise<string[]> {
  const own = await ownTraceEvents();
  return sourceTrace === undefined ? [own] : [own, await locateEvents(sourceTrace)];
}

/** `loaded 43.2 MiB of pc-q35-10.0: 40 devices by VMDESCRIPTION, 8,321 pages; return path, …`. */
function summary({ loaded, machine }: Received): string {
  const { bytes, pages, returnPath, switchoverStart, furtherChannels, postcopy, pauses } = loaded!;
  const devices = machine.sections.filter(({ kind }) => kind !== "ram");
  const opaque = devices.filter(({ kind }) => kind === "opaque").length;
  const by = opaque === devices.length ? "their footers" : "VMDESCRIPTION";
  const notes = [
    returnPath && "return path",
    switchoverStart && "SWITCHOVER_START",
    furtherChannels > 0 && `${furtherChannels} further channels`,
    postcopy && `postcopy, ${requests(postcopy)}`,
    pauses > 0 && `paused ${pauses === 1 ? "once" : `${pauses} times`}`,
  ].filter(Boolean);
  return (
    `loaded ${formatBytes(bytes)} of ${machine.configuration?.machine ?? "a machine"}: ` +
    `${devices.length} devices by ${by}, ${pages.normal} pages and ${pages.zero} zero ones` +
    (notes.length > 0 ? `; ${notes.join(", ")}` : "")
  );
}

function requests({ requests: count, waited, longestWait }: RequestedPages): string {
  if (count === 0) return "no page asked for";
  const mean = (waited / count).toFixed(2);
  return `${count} pages asked for, ${mean} ms each, ${longestWait.toFixed(2)} ms at most`;
}
