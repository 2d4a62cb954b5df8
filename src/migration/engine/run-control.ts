import type { Patience } from "./abortable.js";
import { type ByteSink, type ByteSource, isChannel } from "./byte-channel.js";
import { asError, channelError } from "./migration-error.js";

/**
 * What ends a run before its time: the caller's signal, an error of the channel, a failure in
 * something that runs beside. The first of them counts.
 */
export class RunControl implements Patience {
  readonly stallTimeout: number | undefined;
  readonly other: string;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  #cancelled = false;
  readonly #forward = () => {
    this.#cancelled = !this.signal.aborted;
    this.fail(this.#outer?.reason);
  };

  /** `channel` is what the stream goes to or comes from: one without a way back is no peer. */
  constructor(
    channel: ByteSink | ByteSource,
    outer: AbortSignal | undefined,
    stallTimeout: number | undefined,
  ) {
    this.other = isChannel(channel) ? "the peer" : "the file";
    this.#outer = outer;
    this.stallTimeout = stallTimeout;
    if (outer?.aborted) this.#forward();
    else outer?.addEventListener("abort", this.#forward, { once: true });
  }

  /** Aborted when the run must end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it was the caller who ended the run. */
  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Ends the run. */
  fail(reason: unknown): void {
    this.#controller.abort(asError(reason));
  }

  /** Why the run ends, where this was thrown: the first failure tells, others only follow. */
  reasonOf(thrown: unknown): Error {
    return asError(this.signal.aborted ? this.signal.reason : thrown);
  }

  /** Throws if the run is to end. */
  check(): void {
    this.signal.throwIfAborted();
  }

  /** Ends the run when the channel breaks, as long as it is needed. */
  watch(sink: ByteSink, needed: () => boolean = () => true): void {
    sink.on("error", (error) => {
      if (needed()) this.fail(channelError(error));
    });
  }

  /** Lets go of the caller's signal. */
  release(): void {
    this.#outer?.removeEventListener("abort", this.#forward);
  }
}
