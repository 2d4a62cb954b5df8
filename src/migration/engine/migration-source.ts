import {
  trace_migrate_error,
  trace_migration_cancel,
  trace_migration_cleanup,
  trace_migration_thread_after_loop,
  trace_migration_thread_setup_complete,
  trace_qemu_file_fclose,
  trace_savevm_state_cleanup,
  trace_vmstate_downtime_checkpoint,
} from "../../../generated/migration.js";
import { type ByteChannel, type ByteSink, isChannel } from "./byte-channel.js";
import { ChannelOutput } from "./channel-output.js";
import { entriesOf } from "./entries.js";
import { GlobalState } from "./globalstate.js";
import { asError, MigrationError } from "./migration-error.js";
import type { MigrationResult, MigrationSourceOptions } from "./migration-options.js";
import { MigrationState } from "./migration-state.js";
import { RamSource } from "./ram-source.js";
import { RateLimiter } from "./rate-limiter.js";
import { ReturnPathListener } from "./return-path-listener.js";
import { RunControl } from "./run-control.js";
import { sendsSwitchoverStart } from "./send-switchover-start.js";
import { sendRounds } from "./source-rounds.js";
import type { SourceRun } from "./source-run.js";
import { sendSetup } from "./source-setup.js";
import { switchOver } from "./source-switchover.js";
import { TransferStats } from "./transfer-stats.js";

/** 128 MiB in a second (QEMU migration/options.c: MAX_THROTTLE). */
const DEFAULT_BANDWIDTH = 128 * 1024 * 1024;
const DEFAULT_DOWNTIME_LIMIT = 300;

/** Milliseconds of `performance.now()` at which things happened. */
interface Times {
  readonly begin: number;
  readonly active: number;
  readonly stopped: number;
}

/** The end of a migration that the guest leaves: precopy, round by round, then the switchover. */
export class MigrationSource {
  readonly #options: MigrationSourceOptions;
  readonly #state = new MigrationState();

  constructor(options: MigrationSourceOptions) {
    this.#options = options;
  }

  /** What `query-migrate` would call the status. */
  get status(): MigrationState["status"] {
    return this.#state.status;
  }

  /**
   * Migrates the guest over a channel, or into a file or another sink if no return path is wanted;
   * the channel is closed in the end.
   *
   * Throws if the migration fails or is cancelled: the guest then runs on here. It is a
   * `DecodeError` if the destination sends rubbish, and the signal's reason if it cancelled.
   */
  async migrate(channel: ByteSink | ByteChannel): Promise<MigrationResult> {
    const control = new RunControl(this.#options.signal, this.#options.stallTimeout);
    control.watch(channel);
    this.#state.set("setup");
    try {
      const run = this.#prepare(channel, control);
      return await this.#run(run);
    } catch (error) {
      // The first failure tells why; what comes after it only follows.
      const reason = asError(control.signal.aborted ? control.signal.reason : error);
      this.#fail(reason, control.cancelled);
      control.fail(reason);
      channel.destroy();
      throw reason;
    } finally {
      control.release();
    }
  }

  #prepare(channel: ByteSink | ByteChannel, control: RunControl): SourceRun {
    const { machine, ...options } = this.#options;
    control.check();
    const { signal } = control;
    const output = new ChannelOutput(channel, control);
    const stats = new TransferStats(output);
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
      limiter: new RateLimiter(limits, stats, signal),
      ram: new RamSource(machine.ram, output.writer, stats),
      state: this.#state,
      control,
      returnPath: this.#listen(channel, control),
      sendSwitchoverStart: options.sendSwitchoverStart ?? sendsSwitchoverStart(machine.type),
    };
  }

  #listen(channel: ByteSink | ByteChannel, control: RunControl): ReturnPathListener | undefined {
    const wanted = this.#options.returnPath ?? isChannel(channel);
    if (!wanted) return undefined;
    if (!isChannel(channel)) throw new MigrationError("a return path needs a channel to read from");
    return new ReturnPathListener(channel, control);
  }

  async #run(run: SourceRun): Promise<MigrationResult> {
    const begin = performance.now();
    run.limiter.begin();
    const configuration = await sendSetup(run);
    const active = performance.now();
    this.#state.set("active");
    trace_migration_thread_setup_complete();
    const pending = await sendRounds(run);
    const stopped = performance.now();
    await switchOver(run, pending, configuration);
    if (!run.returnPath) await run.output.end();
    const result = this.#complete(run, { begin, active, stopped });
    await run.returnPath?.hangUp();
    return result;
  }

  #complete(run: SourceRun, { begin, active, stopped }: Times): MigrationResult {
    const bytes = run.stats.transferred();
    trace_vmstate_downtime_checkpoint("src-downtime-end");
    const end = performance.now();
    this.#state.set("completed");
    trace_migration_thread_after_loop();
    run.machine.setRunState("postmigrate");
    traceCleanup();
    return {
      bytes,
      dirtySyncs: run.ram.syncs,
      pages: run.ram.counts,
      setupTime: active - begin,
      totalTime: end - begin,
      downtime: end - stopped,
      switchoverStartSent: run.sendSwitchoverStart,
    };
  }

  #fail(reason: Error, cancelled: boolean): void {
    if (cancelled) {
      trace_migration_cancel();
      this.#state.set("cancelling");
    }
    this.#state.set(cancelled ? "cancelled" : "failed");
    trace_migrate_error(reason.message);
    trace_migration_thread_after_loop();
    // The destination does not run the guest, so it can go on here.
    if (this.#options.machine.runState === "finish-migrate") {
      this.#options.machine.setRunState("running");
    }
    traceCleanup();
  }
}

function traceCleanup(): void {
  trace_migration_cleanup();
  trace_savevm_state_cleanup();
  trace_qemu_file_fclose();
}
