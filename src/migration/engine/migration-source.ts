import {
  trace_migrate_error,
  trace_migration_cancel,
  trace_migration_cleanup,
  trace_migration_thread_after_loop,
  trace_migration_thread_setup_complete,
  trace_multifd_new_send_channel_async,
  trace_qemu_file_fclose,
  trace_savevm_state_cleanup,
  trace_vmstate_downtime_checkpoint,
} from "../../../generated/migration.js";
import { abortable } from "./abortable.js";
import { AutoConverge } from "./auto-converge.js";
import { type ByteChannel, type ByteSink, isChannel } from "./byte-channel.js";
import { type ChannelOutput, streamOutput } from "./channel-output.js";
import { entriesOf } from "./entries.js";
import { GlobalState } from "./globalstate.js";
import { MappedRamSource } from "./mapped-ram-source.js";
import { asError, MigrationError } from "./migration-error.js";
import type { MigrationResult, MigrationSourceOptions } from "./migration-options.js";
import { MigrationState } from "./migration-state.js";
import { MultifdSource } from "./multifd-source.js";
import { OffsetFile } from "./offset-file.js";
import { isOffsetSink, type OffsetSink } from "./offset-sink.js";
import { RamSource, type RamSourceOptions } from "./ram-source.js";
import { RateLimiter } from "./rate-limiter.js";
import { ReturnPathListener } from "./return-path-listener.js";
import { RunControl } from "./run-control.js";
import { sendsSwitchoverStart } from "./send-switchover-start.js";
import { goPostcopy } from "./source-postcopy.js";
import { sendRounds } from "./source-rounds.js";
import type { SourceRun } from "./source-run.js";
import { sendSetup } from "./source-setup.js";
import { SourceSignals } from "./source-signals.js";
import { switchOver } from "./source-switchover.js";
import { TransferStats } from "./transfer-stats.js";
import { XbzrleCache } from "./xbzrle-cache.js";

/** 128 MiB in a second (QEMU migration/options.c: MAX_THROTTLE). */
const DEFAULT_BANDWIDTH = 128 * 1024 * 1024;
const DEFAULT_DOWNTIME_LIMIT = 300;
/** 64 MiB of pages (QEMU migration/options.c: DEFAULT_MIGRATE_XBZRLE_CACHE_SIZE). */
const DEFAULT_CACHE = 64 * 1024 * 1024;

/** Milliseconds of `performance.now()` at which things happened. */
interface Times {
  readonly begin: number;
  readonly active: number;
  readonly stopped: number;
}

/**
 * The end of a migration that the guest leaves: precopy, round by round, then the switchover; or,
 * once `startPostcopy` was called, the guest first and the rest of its memory after it.
 */
export class MigrationSource {
  readonly #options: MigrationSourceOptions;
  readonly #state = new MigrationState();
  readonly #signals = new SourceSignals();
  readonly #canceller = new AbortController();

  constructor(options: MigrationSourceOptions) {
    this.#options = options;
  }

  /** What `query-migrate` would call the status. */
  get status(): MigrationState["status"] {
    return this.#state.status;
  }

  /** Lets the guest go now, its memory after it; wants the option `postcopy`. */
  startPostcopy(): void {
    if (!this.#options.postcopy) throw new MigrationError("this source has no option postcopy");
    this.#signals.postcopy = true;
  }

  /** Lets the switchover go on that `pauseBeforeSwitchover` holds up, now or when it comes to it. */
  continueSwitchover(): void {
    this.#signals.continue();
  }

  /** Gives the migration up; the guest goes on where it is. */
  cancel(reason = "the migration was cancelled"): void {
    this.#canceller.abort(new MigrationError(reason));
  }

  /**
   * Migrates the guest over a channel, or into a file or another sink if no return path is wanted;
   * it is closed in the end.
   *
   * Throws if the migration fails or is cancelled: the guest then runs on here. It is a
   * `DecodeError` if the destination sends rubbish, and the signal's reason if it cancelled.
   */
  async migrate(to: ByteSink | ByteChannel | OffsetSink): Promise<MigrationResult> {
    const channel = isOffsetSink(to) ? new OffsetFile(to) : to;
    const { signal, stallTimeout } = this.#options;
    const cancelled = this.#canceller.signal;
    const control = new RunControl(
      channel,
      signal ? AbortSignal.any([signal, cancelled]) : cancelled,
      stallTimeout,
    );
    control.watch(channel);
    this.#state.set("setup");
    const further: ByteSink[] = [];
    let run: SourceRun | undefined;
    try {
      const returnPath = this.#listen(channel, control);
      await this.#connect(further, control);
      run = this.#prepare(channel, further, control, returnPath);
      return await this.#run(run);
    } catch (error) {
      // The first failure tells why; what comes after it only follows.
      const reason = asError(control.signal.aborted ? control.signal.reason : error);
      this.#fail(reason, control.cancelled, run?.handedOver ?? false);
      control.fail(reason);
      for (const sink of [channel, ...further]) sink.destroy();
      throw reason;
    } finally {
      this.#options.machine.setThrottle(0);
      control.release();
    }
  }

  /** Opens multifd's channels. */
  async #connect(further: ByteSink[], control: RunControl): Promise<void> {
    const { multifd } = this.#options;
    for (let channel = 0; channel < (multifd?.channels ?? 0); channel += 1) {
      trace_multifd_new_send_channel_async(channel);
      const connecting = Promise.resolve(multifd!.connect());
      const sink = await abortable(connecting, control).catch((error: unknown) => {
        // One that comes too late is wanted no more.
        connecting.then((late) => late.destroy()).catch(() => {});
        throw error;
      });
      control.watch(sink);
      further.push(sink);
    }
  }

  #prepare(
    channel: ByteSink | ByteChannel,
    further: readonly ByteSink[],
    control: RunControl,
    returnPath: ReturnPathListener | undefined,
  ): SourceRun {
    const { machine, ...options } = this.#options;
    control.check();
    const output = streamOutput(channel, control);
    const multifd = further.length > 0 ? new MultifdSource(further, control) : undefined;
    const mappedRam = this.#mappedRam(channel, output, control);
    this.#checkPostcopy(returnPath);
    const stats = new TransferStats(output, multifd, mappedRam);
    const limits = {
      maxBandwidth: options.maxBandwidth ?? DEFAULT_BANDWIDTH,
      downtimeLimit: options.downtimeLimit ?? DEFAULT_DOWNTIME_LIMIT,
    };
    const globalState = new GlobalState(machine.runState);
    return {
      machine,
      globalState,
      entries: entriesOf(machine, globalState.device()),
      output,
      stats,
      limiter: new RateLimiter(limits, stats, control.signal),
      ram: new RamSource(machine.ram, output.writer, stats, this.#ramOptions(multifd, mappedRam)),
      state: this.#state,
      control,
      returnPath,
      multifd,
      signals: this.#signals,
      capabilities: mappedRam ? ["mapped-ram"] : [],
      sendSwitchoverStart: options.sendSwitchoverStart ?? sendsSwitchoverStart(machine.type),
      postcopy: options.postcopy ?? false,
      pauseBeforeSwitchover: options.pauseBeforeSwitchover ?? false,
      switchoverAck: (options.switchoverAck ?? false) && returnPath !== undefined,
      handedOver: false,
    };
  }

  #checkPostcopy(returnPath: ReturnPathListener | undefined): void {
    const { postcopy, multifd } = this.#options;
    if (!postcopy) return;
    if (!returnPath) throw new MigrationError("postcopy wants a return path");
    if (multifd) throw new MigrationError("postcopy and multifd exclude each other");
  }

  /** As in QEMU (migration/options.c: migrate_caps_check), but that multifd could write a file, too. */
  #mappedRam(
    channel: ByteSink | ByteChannel,
    output: ChannelOutput,
    control: RunControl,
  ): MappedRamSource | undefined {
    const { mappedRam, xbzrle, postcopy, multifd } = this.#options;
    if (!mappedRam) return undefined;
    const excluded = Object.entries({ xbzrle, postcopy, multifd }).find(([, value]) => value);
    if (excluded) throw new MigrationError(`mapped-ram and ${excluded[0]} exclude each other`);
    if (channel instanceof OffsetFile) return new MappedRamSource(channel, output, control);
    throw new MigrationError("mapped-ram wants a file that can be written at offsets");
  }

  #ramOptions(
    multifd: MultifdSource | undefined,
    mappedRam: MappedRamSource | undefined,
  ): RamSourceOptions {
    const { machine, zeroPages = true, xbzrle, autoConverge } = this.#options;
    return {
      zeroPages,
      multifd,
      mappedRam,
      ...(xbzrle && { xbzrle: new XbzrleCache(xbzrle.cacheSize ?? DEFAULT_CACHE) }),
      ...(autoConverge && { autoConverge: new AutoConverge(machine, autoConverge) }),
    };
  }

  #listen(channel: ByteSink | ByteChannel, control: RunControl): ReturnPathListener | undefined {
    const wanted = this.#options.returnPath ?? isChannel(channel);
    if (!wanted) return undefined;
    if (!isChannel(channel)) throw new MigrationError("a return path needs a channel to read from");
    return new ReturnPathListener(channel, control, this.#signals);
  }

  async #run(run: SourceRun): Promise<MigrationResult> {
    const begin = performance.now();
    run.limiter.begin();
    const configuration = await sendSetup(run);
    const active = performance.now();
    this.#state.set("active");
    trace_migration_thread_setup_complete();
    const { pending, postcopy } = await sendRounds(run);
    const stopped = performance.now();
    if (postcopy) await goPostcopy(run);
    else await switchOver(run, pending, configuration);
    if (!run.returnPath) await run.output.end();
    const result = this.#complete(run, { begin, active, stopped });
    traceCleanup();
    await run.multifd?.end();
    trace_qemu_file_fclose();
    await run.returnPath?.hangUp();
    return result;
  }

  #complete(run: SourceRun, { begin, active, stopped }: Times): MigrationResult {
    const bytes = run.stats.transferred();
    if (!run.handedOver) trace_vmstate_downtime_checkpoint("src-downtime-end");
    const end = performance.now();
    this.#state.set("completed");
    trace_migration_thread_after_loop();
    run.machine.setRunState("postmigrate");
    return {
      bytes,
      dirtySyncs: run.ram.syncs,
      pages: run.ram.counts,
      setupTime: active - begin,
      totalTime: end - begin,
      downtime: end - stopped,
      switchoverStartSent: run.sendSwitchoverStart,
      dirtyRate: run.ram.dirtyRate,
    };
  }

  #fail(reason: Error, cancelled: boolean, handedOver: boolean): void {
    if (cancelled) {
      trace_migration_cancel();
      this.#state.set("cancelling");
    }
    this.#state.set(cancelled ? "cancelled" : "failed");
    trace_migrate_error(reason.message);
    trace_migration_thread_after_loop();
    // Unless the destination may run the guest, it can go on here.
    if (!handedOver && this.#options.machine.runState === "finish-migrate") {
      this.#options.machine.setRunState("running");
    }
    traceCleanup();
    trace_qemu_file_fclose();
  }
}

function traceCleanup(): void {
  trace_migration_cleanup();
  trace_savevm_state_cleanup();
}
