import {
  trace_open_return_path_on_source,
  trace_open_return_path_on_source_continue,
  trace_source_return_path_thread_bad_end,
  trace_source_return_path_thread_end,
  trace_source_return_path_thread_entry,
  trace_source_return_path_thread_loop_top,
  trace_source_return_path_thread_pong,
  trace_source_return_path_thread_postcopy_package_loaded,
  trace_source_return_path_thread_shut,
  trace_source_return_path_thread_switchover_acked,
} from "../../../generated/migration.js";
import { type ReturnPathMessage, ReturnPathReader } from "../wire/return-path.js";
import { abortable } from "./abortable.js";
import type { ByteChannel } from "./byte-channel.js";
import { ChannelInput } from "./channel-input.js";
import { hangUp } from "./hang-up.js";
import { MigrationError } from "./migration-error.js";
import type { PageQueue } from "./page-queue.js";
import type { RunControl } from "./run-control.js";
import type { SourceSignals } from "./source-signals.js";

/** The PING behind a package's devices (QEMU migration/savevm.h: QEMU_VM_PING_PACKAGED_LOADED). */
export const PING_PACKAGE_LOADED = 0x42;

/** The source's ear: reads what the destination answers while the source goes on sending. */
export class ReturnPathListener {
  readonly #channel: ByteChannel;
  readonly #input: ChannelInput;
  readonly #control: RunControl;
  readonly #reader = new ReturnPathReader();
  readonly #signals: SourceSignals;
  #pages: PageQueue | undefined;
  #packageLoaded: () => void = () => {};
  readonly #finished: Promise<void>;

  /** Begins to listen; the run fails if the destination does, or goes away before its SHUT. */
  constructor(channel: ByteChannel, control: RunControl, signals: SourceSignals) {
    this.#signals = signals;
    this.#channel = channel;
    this.#input = new ChannelInput(channel);
    this.#control = control;
    trace_open_return_path_on_source();
    trace_open_return_path_on_source_continue();
    this.#finished = this.#listen();
    this.#finished.catch((error) => control.fail(error));
  }

  /** Waits for SHUT; throws if the destination failed. */
  finished(): Promise<void> {
    return abortable(this.#finished, this.#control);
  }

  /** From here on pages may be asked for; `loaded` is told when the package is. */
  expectRequests(pages: PageQueue, loaded: () => void): void {
    this.#pages = pages;
    this.#packageLoaded = loaded;
  }

  /** Closes the channel behind SHUT. */
  hangUp(): Promise<void> {
    return hangUp(this.#channel, this.#input);
  }

  async #listen(): Promise<void> {
    trace_source_return_path_thread_entry();
    try {
      trace_source_return_path_thread_loop_top();
      while (!this.#handle(await this.#next())) trace_source_return_path_thread_loop_top();
      trace_source_return_path_thread_end();
    } catch (error) {
      trace_source_return_path_thread_bad_end();
      throw error;
    }
  }

  /** A destination may keep silent while it loads, for as long as there is something to send. */
  async #next(): Promise<ReturnPathMessage> {
    for (;;) {
      const item = this.#reader.next();
      if (item) return item.message;
      if (this.#reader.done) throw new MigrationError("the destination went away without SHUT");
      const chunk = await this.#input.read({ signal: this.#control.signal });
      if (chunk) this.#reader.append(chunk);
      else this.#reader.end();
    }
  }

  /** True after SHUT. */
  #handle(message: ReturnPathMessage): boolean {
    switch (message.type) {
      case "SHUT":
        trace_source_return_path_thread_shut(message.value);
        if (message.value === 0) return true;
        throw new MigrationError(`the destination failed and sent SHUT ${message.value}`);
      case "PONG":
        trace_source_return_path_thread_pong(message.value);
        if (message.value === PING_PACKAGE_LOADED) {
          trace_source_return_path_thread_postcopy_package_loaded();
          this.#packageLoaded();
        }
        return false;
      case "SWITCHOVER_ACK":
        this.#signals.acknowledged = true;
        trace_source_return_path_thread_switchover_acked();
        return false;
      case "REQ_PAGES":
        if (!this.#pages) throw unwanted(message);
        this.#pages.request(message.start, message.length, message.block);
        return false;
      default:
        throw unwanted(message);
    }
  }
}

function unwanted({ type }: ReturnPathMessage): MigrationError {
  return new MigrationError(`the destination sent ${type}, which this source has no use for`);
}
