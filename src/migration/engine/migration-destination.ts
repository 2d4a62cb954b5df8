import {
  trace_loadvm_state_cleanup,
  trace_loadvm_state_setup,
  trace_loadvm_state_switchover_ack_needed,
  trace_migrate_error,
  trace_process_incoming_migration_co_end,
  trace_qemu_file_fclose,
  trace_qemu_loadvm_state_post_main,
  trace_vmstate_downtime_checkpoint,
} from "../../../generated/migration.js";
import { isSection, type StreamItem } from "../wire/stream-item.js";
import { type ByteSource, isChannel } from "./byte-channel.js";
import { ChannelInput } from "./channel-input.js";
import { streamOutput } from "./channel-output.js";
import { traceConfiguration } from "./configuration-state.js";
import { runCommand } from "./destination-commands.js";
import { DestinationObserver } from "./destination-observer.js";
import { endPostcopy } from "./destination-postcopy.js";
import { sendMessage } from "./destination-return-path.js";
import type { DestinationRun } from "./destination-run.js";
import { EINVAL } from "./error-numbers.js";
import { FurtherChannels } from "./further-channels.js";
import { hangUp } from "./hang-up.js";
import { IncomingItems } from "./incoming-items.js";
import { IncomingPages } from "./incoming-pages.js";
import { Machine } from "./machine.js";
import { MachineGuest } from "./machine-guest.js";
import { asError } from "./migration-error.js";
import type { LoadResult, MigrationDestinationOptions } from "./migration-options.js";
import { MigrationState } from "./migration-state.js";
import { RunControl } from "./run-control.js";

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
   * and has it run; the channel is closed in the end, and so are further ones.
   *
   * Throws if the load fails: a `DecodeError` where bytes are wrong, the signal's reason if it was
   * aborted, else an Error; the source is told with SHUT 1, if it can be.
   */
  async load(channel: ByteSource): Promise<LoadResult> {
    const control = new RunControl(channel, this.#options.signal, this.#options.stallTimeout);
    if (isChannel(channel)) control.watch(channel);
    const input = new ChannelInput(channel);
    const run = this.#prepare(channel, control);
    this.#state.set("setup");
    try {
      const bytes = await this.#read(run, input);
      await run.channels.settled();
      await this.#complete(run);
      await close(run, channel, input, 0);
      return this.#result(run, bytes);
    } catch (error) {
      const reason = asError(control.signal.aborted ? control.signal.reason : error);
      this.#fail(reason);
      if (control.signal.aborted) drop(channel, input);
      else await close(run, channel, input, 1);
      throw reason;
    } finally {
      run.channels.close();
      control.release();
    }
  }

  #prepare(channel: ByteSource, control: RunControl): DestinationRun {
    const { machine, channels, switchoverAck = false } = this.#options;
    const guest = machine instanceof Machine ? new MachineGuest(machine) : machine;
    const pages = new IncomingPages(guest.ram);
    const further = new FurtherChannels(pages, control);
    if (channels) void further.take(channels);
    return {
      guest,
      pages,
      channels: further,
      state: this.#state,
      control,
      output: isChannel(channel) ? streamOutput(channel, control) : undefined,
      switchoverAck,
      returnPathOpen: false,
      switchoverStart: false,
      postcopy: undefined,
      requests: undefined,
      items: 0,
    };
  }

  /** Loads items up to the end of the state; gives how many bytes they had. */
  async #read(run: DestinationRun, input: ChannelInput): Promise<number> {
    const items = this.#items(run, input);
    try {
      for (;;) {
        for (let item = items.next(); item; item = items.next()) {
          await this.#handle(run, item);
          if (this.#isLast(run, item)) return items.offset;
        }
        if (items.done) return items.offset;
        await run.pages.changed();
        await items.more(run.control);
        if (this.#state.status === "setup") this.#state.set("active");
      }
    } finally {
      items.close();
    }
  }

  #items({ guest, pages }: DestinationRun, input: ChannelInput): IncomingItems {
    const { pageSize } = guest;
    const decoderOf = guest.decoderOf?.bind(guest);
    return new IncomingItems(input, {
      observer: new DestinationObserver(guest, pages),
      ram: pages,
      keepData: true,
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

  #result(run: DestinationRun, bytes: number): LoadResult {
    const { items, guest, switchoverStart, returnPathOpen, requests, channels } = run;
    return {
      bytes,
      items,
      pages: { ...guest.ram.counts },
      switchoverStart,
      returnPath: returnPathOpen,
      furtherChannels: channels.count,
      ...(requests && { postcopy: requests.outcome }),
    };
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

/** Says SHUT where there is a return path, then closes. */
async function close(
  run: DestinationRun,
  channel: ByteSource,
  input: ChannelInput,
  value: 0 | 1,
): Promise<void> {
  if (isChannel(channel) && run.returnPathOpen) {
    await hangUp(channel, input, (output) => sendMessage(output, { type: "SHUT", value }));
    trace_qemu_file_fclose();
  } else {
    drop(channel, input);
  }
  trace_qemu_file_fclose();
}

function drop(channel: ByteSource, input: ChannelInput): void {
  input.close();
  if (isChannel(channel)) channel.destroy();
}
