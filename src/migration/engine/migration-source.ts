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
import { asError, MigrationError } from "./migration-error.js";
import type { MigrationResult, MigrationSourceOptions } from "./migration-options.js";
import { MigrationState } from "./migration-state.js";
import { OffsetFile } from "./offset-file.js";
import { isOffsetSink, type OffsetSink } from "./offset-sink.js";
import { OutgoingConnection } from "./outgoing-connection.js";
import { ReturnPathListener } from "./return-path-listener.js";
import { goPostcopy, sendRest } from "./source-postcopy.js";
import { prepareSource } from "./source-prepare.js";
import { canPause, pause, recover, resumedRun } from "./source-recovery.js";
import { sendRounds } from "./source-rounds.js";
import type { SourceRun } from "./source-run.js";
import { sendSetup } from "./source-setup.js";
import { SourceSignals } from "./source-signals.js";
import { switchOver } from "./source-switchover.js";

/** Milliseconds of `performance.now()` at which things happened. */
interface Times {
  begin: number;
  active: number;
  stopped: number;
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
  readonly #times: Times = { begin: 0, active: 0, stopped: 0 };
  /** A postcopy whose connection was lost; it is given up if it is cancelled, unless let go. */
  #paused: { readonly run: SourceRun; readonly letGo: () => void } | undefined;

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

  /**
   * Gives the migration up; the guest goes on where it is. Of a postcopy that has paused, its rest
   * is given up: the guest is the destination's.
   */
  cancel(reason = "the migration was cancelled"): void {
    this.#canceller.abort(new MigrationError(reason));
  }

  /**
   * Migrates the guest over a channel, or into a file or another sink if no return path is wanted;
   * it is closed in the end.
   *
   * Throws if the migration fails or is cancelled: the guest then runs on here. It is a
   * `DecodeError` if the destination sends rubbish, and the signal's reason if it cancelled. If the
   * connection is lost when the guest has gone before its memory, `status` is `postcopy-paused`, and
   * `resume` goes on.
   */
  async migrate(to: ByteSink | ByteChannel | OffsetSink): Promise<MigrationResult> {
    const connection = this.#connectionOf(isOffsetSink(to) ? new OffsetFile(to) : to);
    this.#state.set("setup");
    let run: SourceRun | undefined;
    try {
      run = await prepareSource(this.#options, connection, {
        state: this.#state,
        signals: this.#signals,
      });
      await this.#send(run);
      return await this.#complete(run);
    } catch (error) {
      throw await this.#stop(connection, run, error);
    } finally {
      this.#options.machine.setThrottle(0);
      connection.control.release();
    }
  }

  /**
   * Goes on with a postcopy that has paused, by another channel to the destination, which is closed
   * in the end. Settles as `migrate` does; throws `MigrationError` if nothing is paused.
   */
  async resume(channel: ByteChannel): Promise<MigrationResult> {
    if (!this.#paused) throw new MigrationError(`no postcopy is paused: ${this.status}`);
    if (!isChannel(channel)) throw new MigrationError("postcopy wants a return path");
    const paused = this.#takePaused();
    const connection = this.#connectionOf(channel);
    this.#state.set("postcopy-recover-setup");
    const returnPath = new ReturnPathListener(channel, connection.control, this.#signals);
    const run = resumedRun(paused, connection, returnPath);
    this.#state.set("postcopy-recover");
    try {
      await recover(run);
      await sendRest(run);
      return await this.#complete(run);
    } catch (error) {
      throw await this.#stop(connection, run, error);
    } finally {
      connection.control.release();
    }
  }

  #connectionOf(channel: ByteSink | ByteChannel): OutgoingConnection {
    const { stallTimeout } = this.#options;
    return new OutgoingConnection(channel, { signal: this.#signal(), stallTimeout });
  }

  /** Aborted when the migration is to be given up. */
  #signal(): AbortSignal {
    const { signal } = this.#options;
    const cancelled = this.#canceller.signal;
    return signal ? AbortSignal.any([signal, cancelled]) : cancelled;
  }

  async #send(run: SourceRun): Promise<void> {
    this.#times.begin = performance.now();
    run.limiter.begin();
    const configuration = await sendSetup(run);
    this.#times.active = performance.now();
    this.#state.set("active");
    trace_migration_thread_setup_complete();
    const { pending, postcopy } = await sendRounds(run);
    this.#times.stopped = performance.now();
    if (postcopy) {
      await goPostcopy(run);
      await sendRest(run);
    } else {
      await switchOver(run, pending, configuration);
    }
    if (!run.returnPath) await run.output.end();
  }

  async #complete(run: SourceRun): Promise<MigrationResult> {
    const result = this.#result(run);
    traceCleanup();
    await run.multifd?.end();
    run.urgent?.close();
    trace_qemu_file_fclose();
    await run.returnPath?.hangUp();
    return result;
  }

  #result(run: SourceRun): MigrationResult {
    const bytes = run.stats.transferred();
    if (!run.handedOver) trace_vmstate_downtime_checkpoint("src-downtime-end");
    const { begin, active, stopped } = this.#times;
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

  /** Ends what goes on by a connection, or has it pause; gives what is to be thrown. */
  async #stop(
    connection: OutgoingConnection,
    run: SourceRun | undefined,
    error: unknown,
  ): Promise<Error> {
    // The first failure tells why; what comes after it only follows.
    const reason = connection.control.reasonOf(error);
    if (run && canPause(run, reason)) {
      await pause(run, reason);
      this.#keep(run);
      return new MigrationError(`postcopy has paused: ${reason.message}`, { cause: reason });
    }
    this.#fail(reason, connection.control.cancelled, run?.handedOver ?? false);
    connection.drop(reason);
    return reason;
  }

  /** Keeps what has paused until it goes on or is given up. */
  #keep(run: SourceRun): void {
    const signal = this.#signal();
    const abandon = () => {
      this.#takePaused();
      this.#fail(asError(signal.reason), true, true);
    };
    const letGo = () => signal.removeEventListener("abort", abandon);
    this.#paused = { run, letGo };
    if (signal.aborted) abandon();
    else signal.addEventListener("abort", abandon, { once: true });
  }

  #takePaused(): SourceRun {
    const { run, letGo } = this.#paused!;
    this.#paused = undefined;
    letGo();
    return run;
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
