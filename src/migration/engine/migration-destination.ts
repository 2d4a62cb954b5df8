import {
  trace_loadvm_state_cleanup,
  trace_loadvm_state_setup,
  trace_migrate_error,
  trace_process_incoming_migration_co_end,
  trace_qemu_file_fclose,
  trace_qemu_loadvm_state_post_main,
  trace_vmstate_downtime_checkpoint,
} from "../../../generated/migration.js";
import type { SectionHead, StreamItem } from "../wire/stream-item.js";
import { StreamReader } from "../wire/stream-reader.js";
import type { SectionDecoder } from "../wire/stream-reader-options.js";
import { type ByteSource, isChannel } from "./byte-channel.js";
import { ChannelInput } from "./channel-input.js";
import { ChannelOutput } from "./channel-output.js";
import { acceptConfiguration } from "./configuration-state.js";
import { runCommand } from "./destination-commands.js";
import { DestinationObserver } from "./destination-observer.js";
import { sendShut } from "./destination-return-path.js";
import type { DestinationRun } from "./destination-run.js";
import { entriesOf } from "./entries.js";
import { EINVAL } from "./error-numbers.js";
import { GlobalState } from "./globalstate.js";
import { PAGE_SIZE } from "./guest-ram.js";
import { hangUp } from "./hang-up.js";
import { asError } from "./migration-error.js";
import type { LoadResult, MigrationDestinationOptions } from "./migration-options.js";
import { MigrationState } from "./migration-state.js";
import { RamDestination } from "./ram-destination.js";
import { RunControl } from "./run-control.js";
import { loadVmState } from "./vmstate-load.js";

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
   * and has it run; the channel is closed in the end.
   *
   * Throws if the load fails: a `DecodeError` where bytes are wrong, the signal's reason if it was
   * aborted, else an Error; the source is told with SHUT 1, if it can be.
   */
  async load(channel: ByteSource): Promise<LoadResult> {
    const control = new RunControl(this.#options.signal, this.#options.stallTimeout);
    if (isChannel(channel)) control.watch(channel);
    const input = new ChannelInput(channel);
    const run = this.#prepare(channel, control);
    this.#state.set("setup");
    try {
      const bytes = await this.#read(run, input, control);
      this.#complete(run);
      await close(run, channel, input, 0);
      return this.#result(run, bytes);
    } catch (error) {
      const reason = asError(control.signal.aborted ? control.signal.reason : error);
      this.#fail(reason);
      if (control.signal.aborted) drop(channel, input);
      else await close(run, channel, input, 1);
      throw reason;
    } finally {
      control.release();
    }
  }

  #prepare(channel: ByteSource, control: RunControl): DestinationRun {
    const { machine } = this.#options;
    // What a guest does whose stream does not tell: it runs.
    const globalState = new GlobalState("running");
    const entries = entriesOf(machine, globalState.device());
    return {
      machine,
      globalState,
      entries,
      observer: new DestinationObserver(entries),
      ram: new RamDestination(machine.ram),
      output: isChannel(channel) ? new ChannelOutput(channel, control) : undefined,
      returnPathOpen: false,
      switchoverStart: false,
      items: 0,
    };
  }

  /** Loads items up to the end of the state; gives how many bytes they had. */
  async #read(run: DestinationRun, input: ChannelInput, control: RunControl): Promise<number> {
    const { observer, ram } = run;
    const decoderOf = (head: SectionHead) => decoderFor(run, head);
    const reader = new StreamReader({ observer, ram, decoderOf, pageSize: PAGE_SIZE });
    for (;;) {
      for (let item = reader.next(); item; item = reader.next()) {
        await this.#handle(run, item);
        if (this.#isLast(item)) return reader.offset;
      }
      if (reader.done) return reader.offset;
      const chunk = await input.read(control);
      if (this.#state.status === "setup") this.#state.set("active");
      if (chunk) reader.append(chunk);
      else reader.end();
    }
  }

  async #handle(run: DestinationRun, item: StreamItem): Promise<void> {
    run.items += 1;
    if (item.type === "command") await runCommand(run, item.command);
    if (item.type === "configuration") {
      acceptConfiguration(item, run.machine.type);
      trace_loadvm_state_setup();
    }
  }

  #isLast({ type }: StreamItem): boolean {
    return type === "vm-description" || (type === "eof" && this.#options.vmDescription === false);
  }

  #complete({ machine, globalState }: DestinationRun): void {
    trace_qemu_loadvm_state_post_main(0);
    trace_vmstate_downtime_checkpoint("dst-precopy-loadvm-completed");
    trace_process_incoming_migration_co_end(0);
    trace_vmstate_downtime_checkpoint("dst-precopy-bh-enter");
    trace_vmstate_downtime_checkpoint("dst-precopy-bh-announced");
    machine.setRunState(globalState.runState);
    trace_vmstate_downtime_checkpoint("dst-precopy-bh-vm-started");
    this.#state.set("completed");
    trace_loadvm_state_cleanup();
  }

  #result(run: DestinationRun, bytes: number): LoadResult {
    const { items, ram, switchoverStart, returnPathOpen } = run;
    return { bytes, items, pages: ram.counts, switchoverStart, returnPath: returnPathOpen };
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

/** Devices load themselves, by their own description; RAM is the reader's business. */
function decoderFor({ observer }: DestinationRun, head: SectionHead): SectionDecoder | undefined {
  const { device } = observer.entryOf(head);
  if (!device) return undefined;
  return function* (window) {
    yield* loadVmState(window, device.vmState, device.state, head.version);
    return { end: "self" };
  };
}

/** Says SHUT where there is a return path, then closes. */
async function close(
  run: DestinationRun,
  channel: ByteSource,
  input: ChannelInput,
  value: 0 | 1,
): Promise<void> {
  if (isChannel(channel) && run.returnPathOpen) {
    await hangUp(channel, input, (output) => sendShut(output, value));
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
