import { trace_multifd_new_send_channel_async } from "../../../generated/migration.js";
import { AutoConverge } from "./auto-converge.js";
import { type ByteSink, isChannel } from "./byte-channel.js";
import { type ChannelOutput, streamOutput } from "./channel-output.js";
import { entriesOf } from "./entries.js";
import { GlobalState } from "./globalstate.js";
import { MappedRamSource } from "./mapped-ram-source.js";
import { MigrationError } from "./migration-error.js";
import type { MigrationSourceOptions } from "./migration-options.js";
import type { MigrationState } from "./migration-state.js";
import { MultifdSource } from "./multifd-source.js";
import { OffsetFile } from "./offset-file.js";
import type { OutgoingConnection } from "./outgoing-connection.js";
import { RamSource, type RamSourceOptions } from "./ram-source.js";
import { RateLimiter } from "./rate-limiter.js";
import { ReturnPathListener } from "./return-path-listener.js";
import { sendsSwitchoverStart } from "./send-switchover-start.js";
import type { SourceRun } from "./source-run.js";
import type { SourceSignals } from "./source-signals.js";
import { acknowledgesUnasked } from "./switchover-ack.js";
import { TransferStats } from "./transfer-stats.js";
import { XbzrleCache } from "./xbzrle-cache.js";

/** 128 MiB in a second (QEMU migration/options.c: MAX_THROTTLE). */
const DEFAULT_BANDWIDTH = 128 * 1024 * 1024;
const DEFAULT_DOWNTIME_LIMIT = 300;
/** 64 MiB of pages (QEMU migration/options.c: DEFAULT_MIGRATE_XBZRLE_CACHE_SIZE). */
const DEFAULT_CACHE = 64 * 1024 * 1024;

/** What a source has from beginning to end, and tells of itself. */
export interface SourceStanding {
  readonly state: MigrationState;
  readonly signals: SourceSignals;
}

/**
 * All that a migration needs, its further channels open and its return path listened to. Throws
 * `MigrationError` for options that exclude each other.
 */
export async function prepareSource(
  options: MigrationSourceOptions,
  connection: OutgoingConnection,
  { state, signals }: SourceStanding,
): Promise<SourceRun> {
  const { machine } = options;
  const { channel, control } = connection;
  const returnPath = listen(options, connection, signals);
  const sinks = await openMultifd(options, connection);
  control.check();
  const output = streamOutput(channel, control);
  const multifd = sinks.length > 0 ? new MultifdSource(sinks, control) : undefined;
  const mappedRam = mappedRamOf(options, connection, output);
  checkPostcopy(options, returnPath);
  const stats = new TransferStats(output, multifd, mappedRam);
  const limits = {
    maxBandwidth: options.maxBandwidth ?? DEFAULT_BANDWIDTH,
    downtimeLimit: options.downtimeLimit ?? DEFAULT_DOWNTIME_LIMIT,
  };
  const globalState = new GlobalState(machine.runState);
  const waitsForAck = options.switchoverAck === true && acknowledgesUnasked(machine.type);
  const ramOptions = { multifd, mappedRam, ...ramOptionsOf(options) };
  return {
    machine,
    globalState,
    entries: entriesOf(machine, globalState.device()),
    connection,
    output,
    stats,
    limiter: new RateLimiter(limits, stats),
    ram: new RamSource(machine.ram, output.writer, stats, ramOptions),
    state,
    control,
    returnPath,
    multifd,
    signals,
    capabilities: mappedRam ? ["mapped-ram"] : [],
    sendSwitchoverStart: options.sendSwitchoverStart ?? sendsSwitchoverStart(machine.type),
    postcopy: options.postcopy ?? false,
    maxPostcopyBandwidth: options.maxPostcopyBandwidth ?? 0,
    preempt: options.postcopyPreempt,
    pauseBeforeSwitchover: options.pauseBeforeSwitchover ?? false,
    switchoverAck: waitsForAck && returnPath !== undefined,
    handedOver: false,
    urgent: undefined,
  };
}

function listen(
  options: MigrationSourceOptions,
  { channel, control }: OutgoingConnection,
  signals: SourceSignals,
): ReturnPathListener | undefined {
  const wanted = options.returnPath ?? isChannel(channel);
  if (!wanted) return undefined;
  if (!isChannel(channel)) throw new MigrationError("a return path needs a channel to read from");
  return new ReturnPathListener(channel, control, signals);
}

async function openMultifd(
  { multifd }: MigrationSourceOptions,
  connection: OutgoingConnection,
): Promise<readonly ByteSink[]> {
  const sinks: ByteSink[] = [];
  for (let channel = 0; channel < (multifd?.channels ?? 0); channel += 1) {
    trace_multifd_new_send_channel_async(channel);
    const sink = await connection.open(multifd!.connect);
    connection.control.watch(sink);
    sinks.push(sink);
  }
  return sinks;
}

function checkPostcopy(
  { postcopy, postcopyPreempt, multifd }: MigrationSourceOptions,
  returnPath: ReturnPathListener | undefined,
): void {
  if (postcopyPreempt && !postcopy) throw new MigrationError("postcopyPreempt wants postcopy");
  if (!postcopy) return;
  if (!returnPath) throw new MigrationError("postcopy wants a return path");
  if (multifd) throw new MigrationError("postcopy and multifd exclude each other");
}

/** As in QEMU (migration/options.c: migrate_caps_check), but that multifd could write a file, too. */
function mappedRamOf(
  { mappedRam, xbzrle, postcopy, multifd }: MigrationSourceOptions,
  { channel, control }: OutgoingConnection,
  output: ChannelOutput,
): MappedRamSource | undefined {
  if (!mappedRam) return undefined;
  const excluded = Object.entries({ xbzrle, postcopy, multifd }).find(([, value]) => value);
  if (excluded) throw new MigrationError(`mapped-ram and ${excluded[0]} exclude each other`);
  if (channel instanceof OffsetFile) return new MappedRamSource(channel, output, control);
  throw new MigrationError("mapped-ram wants a file that can be written at offsets");
}

function ramOptionsOf({
  machine,
  zeroPages = true,
  xbzrle,
  autoConverge,
}: MigrationSourceOptions): RamSourceOptions {
  return {
    zeroPages,
    ...(xbzrle && { xbzrle: new XbzrleCache(xbzrle.cacheSize ?? DEFAULT_CACHE) }),
    ...(autoConverge && { autoConverge: new AutoConverge(machine, autoConverge) }),
  };
}
