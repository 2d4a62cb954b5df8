import {
  trace_loadvm_state_cleanup,
  trace_loadvm_state_setup,
  trace_loadvm_state_switchover_ack_needed,
  trace_migrate_error,
  trace_process_incoming_migration_co_end,
  trace_qemu_loadvm_state_post_main,
  trace_vmstate_downtime_checkpoint,
} from "../../../generated/migration.js";
import { isSection, type StreamItem } from "../wire/stream-item.js";
import type { ByteSource } from "./byte-channel.js";
import { traceConfiguration } from "./configuration-state.js";
import { runCommand } from "./destination-commands.js";
import { DestinationObserver } from "./destination-observer.js";
import { endPostcopy } from "./destination-postcopy.js";
import { canPause, pause } from "./destination-recovery.js";
import type { DestinationRun } from "./destination-run.js";
import { EINVAL } from "./error-numbers.js";
import { FurtherChannels } from "./further-channels.js";
import { IncomingConnection } from "./incoming-connection.js";
import { IncomingItems } from "./incoming-items.js";
import { IncomingPages } from "./incoming-pages.js";
import { Machine } from "./machine.js";
import { MachineGuest } from "./machine-guest.js";
import { asError, ConnectionLost } from "./migration-error.js";
import type { LoadResult, MigrationDestinationOptions } from "./migration-options.js";
import { MigrationState } from "./migration-state.js";
import { acknowledgesUnasked } from "./switchover-ack.js";

/** The end of a migration that the guest arrives at. */
export class MigrationDestination {
  readonly #options: MigrationDestinationOptions;
  readonly #state = new MigrationState();

  constructor(options: MigrationDestinationOptions) {
    this.#options = options;
  }

  /** What `query-migrate` would call the status. */
  get status(): MigrationState["status"] {
    return this.#state.status;
  }

  /**
   * Loads a guest from a channel, or from a file or another source if no return path is asked for,
   * and has it run; the channel is closed in the end, and so are further ones. A postcopy whose
   * connection is lost pauses, and goes on by one that comes among the further ones.
   *
   * Throws if the load fails: a `DecodeError` where bytes are wrong, the signal's reason if it was
   * aborted, else an Error; the source is told with SHUT 1, if it can be.
   */
  async load(channel: ByteSource): Promise<LoadResult> {
    const run = this.#prepare(channel);
    this.#state.set("setup");
    try {
      await this.#receive(run);
      await run.connection.close(0, run.returnPathOpen);
      return resultOf(run);
    } catch (error) {
      const reason = asError(error);
      this.#fail(reason);
      if (run.connection.control.signal.aborted) run.connection.drop();
      else await run.connection.close(1, run.returnPathOpen);
      throw reason;
    } finally {
      run.channels.close();
      run.connection.control.release();
    }
  }

  #prepare(channel: ByteSource): DestinationRun {
    const { machine, channels, switchoverAck = false, onWarning } = this.#options;
    const connection = new IncomingConnection(channel, this.#options);
    const guest = machine instanceof Machine ? new MachineGuest(machine) : machine;
    const pages = new IncomingPages(guest.ram, this.#options.maxMemory);
    const further = new FurtherChannels(pages, connection.control);
    if (channels) void further.take(channels);
    return {
      guest,
      pages,
      observer: new DestinationObserver(guest, pages),
      channels: further,
      state: this.#state,
      connection,
      switchoverAck,
      warn: (message) => onWarning?.(message),
      returnPathOpen: false,
      switchoverStart: false,
      postcopy: undefined,
      requests: undefined,
      items: 0,
      bytes: 0,
      pauses: 0,
    };
  }

  /** Loads all; in postcopy by one connection after the other, if one is lost. */
  async #receive(run: DestinationRun): Promise<void> {
    for (;;) {
      try {
        await this.#read(run);
        await run.channels.settled();
        if (run.postcopy === "running") await run.channels.allPages();
        return await this.#complete(run);
      } catch (error) {
        const reason = run.connection.control.reasonOf(error);
        if (!canPause(run, reason)) throw reason;
        await pause(run, reason, this.#options);
      }
    }
  }

  /** Loads items up to the end of the state, or of the connection. */
  async #read(run: DestinationRun): Promise<void> {
    const items = this.#items(run);
    try {
      for (;;) {
        for (let item = items.next(); item; item = items.next()) {
          await this.#handle(run, item);
          if (this.#isLast(run, item)) return;
        }
        if (items.done) return;
        await run.pages.changed();
        await items.more(run.connection.control);
        this.#checkEnd(run);
        if (this.#state.status === "setup") this.#state.set("active");
      }
    } finally {
      run.bytes += items.offset;
      items.close();
    }
  }

  /** A connection that ends before all is there was lost, if the guest runs here already. */
  #checkEnd({ postcopy, connection }: DestinationRun): void {
    if (postcopy !== "running" || !connection.input.ended) return;
    throw new ConnectionLost("the source closed the connection");
  }

  #items({ guest, pages, observer, connection, postcopy }: DestinationRun): IncomingItems {
    const { pageSize } = guest;
    const decoderOf = guest.decoderOf?.bind(guest);
    const options = { observer, ram: pages, keepData: true };
    if (postcopy === "running") {
      const known = { blocks: [...pages.blocks.values()], pageSize: pages.pageBytes };
      return new IncomingItems(connection.input, { ...options, ...known, doubt: false });
    }
    return new IncomingItems(connection.input, {
      ...options,
      doubt: decoderOf === undefined && this.#options.vmDescription !== false,
      ...(decoderOf && { decoderOf }),
      ...(pageSize !== undefined && { pageSize }),
    });
  }

  async #handle(run: DestinationRun, item: StreamItem): Promise<void> {
    run.items += 1;
    if (item.type === "command") await runCommand(run, item.command);
    if (item.type === "configuration") {
      traceConfiguration(item);
      run.guest.configure(item);
      trace_loadvm_state_setup();
      run.switchoverAck &&= acknowledgesUnasked(item.machine);
      if (run.switchoverAck) trace_loadvm_state_switchover_ack_needed(0);
    }
    if (isSection(item)) run.guest.loaded(item);
    if (item.type === "vm-description") run.guest.described(item.description);
  }

  /** After postcopy, no VMDESCRIPTION follows (QEMU migration/savevm.c: should_send_vmdesc). */
  #isLast({ postcopy }: DestinationRun, { type }: StreamItem): boolean {
    if (type === "vm-description") return true;
    return type === "eof" && (postcopy === "running" || this.#options.vmDescription === false);
  }

  async #complete(run: DestinationRun): Promise<void> {
    if (run.postcopy === "running") endPostcopy(run);
    else await this.#completePrecopy(run);
    trace_loadvm_state_cleanup();
  }

  async #completePrecopy({ guest }: DestinationRun): Promise<void> {
    trace_qemu_loadvm_state_post_main(0);
    trace_vmstate_downtime_checkpoint("dst-precopy-loadvm-completed");
    trace_process_incoming_migration_co_end(0);
    trace_vmstate_downtime_checkpoint("dst-precopy-bh-enter");
    trace_vmstate_downtime_checkpoint("dst-precopy-bh-announced");
    await guest.start();
    trace_vmstate_downtime_checkpoint("dst-precopy-bh-vm-started");
    this.#state.set("completed");
  }

  #fail(reason: Error): void {
    trace_qemu_loadvm_state_post_main(EINVAL);
    trace_vmstate_downtime_checkpoint("dst-precopy-loadvm-completed");
    trace_process_incoming_migration_co_end(EINVAL);
    this.#state.set("failed");
    trace_migrate_error(reason.message);
    trace_loadvm_state_cleanup();
  }
}

function resultOf(run: DestinationRun): LoadResult {
  const { bytes, items, guest, switchoverStart, returnPathOpen, requests, channels, pauses } = run;
  return {
    bytes,
    items,
    pages: { ...guest.ram.counts },
    switchoverStart,
    returnPath: returnPathOpen,
    furtherChannels: channels.count,
    pauses,
    ...(requests && { postcopy: requests.outcome }),
  };
}
