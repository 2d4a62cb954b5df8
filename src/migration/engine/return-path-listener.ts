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
import { ConnectionLost, MigrationError } from "./migration-error.js";
import type { PageQueue } from "./page-queue.js";
import type { ResumeAnswers } from "./resume-answers.js";
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
  /** PINGs that are not answered yet. */
  #pings = 0;
  #pages: PageQueue | undefined;
  #packageLoaded: () => void = () => {};
  #answers: ResumeAnswers | undefined;
  #ponged: () => void = () => {};
  readonly #firstPong = new Promise<void>((resolve) => {
    this.#ponged = resolve;
  });
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

  /** Waits until it has ended, well or not. */
  async ended(): Promise<void> {
    await Promise.allSettled([this.#finished]);
  }

  /** A PING is sent, which the destination answers once. */
  expectPong(): void {
    this.#pings += 1;
  }

  /** Waits until the destination has answered a PING, so that it has taken this connection. */
  answered(): Promise<void> {
    return abortable(this.#firstPong, this.#control);
  }

  /** From here on the destination answers what a paused postcopy goes on with. */
  expectAnswers(answers: ResumeAnswers): void {
    this.#answers = answers;
  }

  /** From here on pages may be asked for; `loaded` is told when the package is. */
  expectRequests(pages: PageQueue, loaded: () => void = () => {}): void {
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
      while (!(await this.#handle(await this.#next()))) {
        trace_source_return_path_thread_loop_top();
      }
    } catch (error) {
      trace_source_return_path_thread_bad_end();
      throw error;
    } finally {
      trace_source_return_path_thread_end();
    }
  }

  /** A destination may keep silent while it loads, for as long as there is something to send. */
  async #next(): Promise<ReturnPathMessage> {
    for (;;) {
      const item = this.#reader.next();
      if (item) return item.message;
      const chunk = await this.#input.read({ signal: this.#control.signal });
      if (!chunk) throw new ConnectionLost("the destination went away without SHUT");
      this.#reader.append(chunk);
    }
  }

  /** True after SHUT. */
  async #handle(message: ReturnPathMessage): Promise<boolean> {
    switch (message.type) {
      case "SHUT":
        trace_source_return_path_thread_shut(message.value);
        if (message.value === 0 && !this.#answers?.awaited) return true;
        throw new MigrationError(`the destination failed and sent SHUT ${message.value}`);
      case "PONG":
        trace_source_return_path_thread_pong(message.value);
        if (this.#pings === 0) throw unwanted(message);
        this.#pings -= 1;
        this.#ponged();
        if (message.value === PING_PACKAGE_LOADED) {
          trace_source_return_path_thread_postcopy_package_loaded();
          this.#packageLoaded();
        }
        return false;
      case "SWITCHOVER_ACK":
        if (this.#signals.acknowledged) throw unwanted(message);
        this.#signals.acknowledged = true;
        trace_source_return_path_thread_switchover_acked();
        return false;
      case "REQ_PAGES":
        if (!this.#pages) throw unwanted(message);
        await this.#pages.request(message.start, message.length, message.block);
        return false;
      case "RECV_BITMAP":
        if (!this.#answers) throw unwanted(message);
        this.#answers.bitmap(message.block, message.bitmap);
        return false;
      case "RESUME_ACK":
        if (!this.#answers) throw unwanted(message);
        this.#answers.acknowledge(message.value);
        return false;
    }
  }
}

function unwanted({ type }: ReturnPathMessage): MigrationError {
  return new MigrationError(`the destination sent ${type}, which this source has no use for`);
}
