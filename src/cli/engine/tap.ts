import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type ChannelKind, channelKind } from "../../migration/wire/channel-kind.js";
import { type ProgressSnapshot, StreamProgress } from "../../migration/wire/stream-progress.js";
import { detectWrapping } from "../../migration/wire/stream-wrapping.js";
import { connect } from "./connect.js";
import { type Endpoint, isFromThisHost } from "./endpoint.js";
import { firstChunk } from "./first-chunk.js";
import { Listener, type Listening, MAX_CONNECTIONS } from "./listener.js";
import type { RecordingWriter } from "./recording-writer.js";
import { type ReusedReads, reusedReads } from "./reused-reads.js";
import { type EndedChannel, TapChannel } from "./tap-channel.js";
import { watchStall } from "./watch-stall.js";

/** Milliseconds that further channels have for their end once the main channel has ended. */
const GRACE = 2000;

/** Between what a tap stands, and how long it waits. */
export interface TapOptions {
  readonly listen: Endpoint;
  readonly to: Endpoint;
  readonly recording: RecordingWriter;
  /** Milliseconds for a connection to be made. */
  readonly connectTimeout: number;
  /** Milliseconds for which nothing may pass; no limit if left out. */
  readonly stallTimeout?: number | undefined;
  /** Called with a line for each connection that was dropped. */
  readonly onDropped?: ((message: string) => void) | undefined;
  /** Ends the tap, and so the migration. */
  readonly signal?: AbortSignal | undefined;
}

/** What passed a tap. */
export interface TapResult {
  readonly channels: readonly EndedChannel[];
  readonly progress: ProgressSnapshot;
  /** Whether the source is known to run on this host. */
  readonly sourceOnThisHost: boolean;
  /** Why it ended before both ends had closed. */
  readonly failure?: Error;
}

/** Stands between the two ends of one migration: passes every byte on, and writes it down. */
export class Tap {
  readonly #options: TapOptions;
  readonly #progress = new StreamProgress();
  readonly #open = new Set<TapChannel>();
  readonly #runs = new Set<Promise<void>>();
  readonly #ended: EndedChannel[] = [];
  readonly #over = new AbortController();
  /** Aborted when the main channel has said what it is. */
  readonly #mainKnown = new AbortController();
  #bytes = 0;
  #numbers = 0;
  /** Connections that were passed on to the destination. */
  #passedOn = 0;
  #hasMain = false;
  #sourceOnThisHost = false;
  #listener: Listener | undefined;

  constructor(options: TapOptions) {
    this.#options = options;
  }

  get progress(): ProgressSnapshot {
    return this.#progress.snapshot();
  }

  /** Bytes that went from the source to the destination, on all channels. */
  get bytes(): number {
    return [...this.#open].reduce((sum, channel) => sum + channel.bytes, this.#bytes);
  }

  /** Begins to listen; gives where. Throws `Failure` if that cannot be. */
  async listen(): Promise<Listening> {
    this.#listener = await Listener.open(this.#options.listen, (socket) => {
      const run = this.#take(reusedReads(socket)).finally(() => this.#runs.delete(run));
      this.#runs.add(run);
    });
    return this.#listener.listening;
  }

  /** Resolves when the migration is over: its main channel has ended, and then the others. */
  async run(): Promise<TapResult> {
    const failure = await this.#untilOver();
    this.#listener?.close();
    if (!failure) await Promise.race([Promise.all(this.#runs), delay(GRACE, null, { ref: false })]);
    for (const channel of this.#open) channel.close();
    await Promise.all(this.#runs);
    const channels = this.#ended.toSorted((a, b) => a.number - b.number);
    const { progress } = this;
    const sourceOnThisHost = this.#sourceOnThisHost;
    return { channels, progress, sourceOnThisHost, ...(failure && { failure }) };
  }

  async #take(source: ReusedReads): Promise<void> {
    const { to, connectTimeout } = this.#options;
    source.socket.on("error", () => {});
    const first = await this.#first(source.socket);
    if (first === "stranger" || this.#over.signal.aborted) return void source.socket.destroy();
    if (this.#passedOn >= MAX_CONNECTIONS) {
      const reason = `the migration has had ${this.#passedOn} connections, the most that QEMU opens`;
      this.#options.onDropped?.(`dropped a connection: ${reason}`);
      return void source.socket.destroy();
    }
    this.#passedOn += 1;
    this.#sourceOnThisHost ||= isFromThisHost(source.socket);
    let destination: Socket;
    try {
      destination = await connect(to, connectTimeout, this.#over.signal);
    } catch (error) {
      source.socket.destroy();
      // Without its destination a migration is over; that of a later channel ends by itself.
      if (this.#open.size === 0) this.#over.abort(error);
      return;
    }
    const channel = new TapChannel(source, destination, this.#progress, (kind) =>
      this.#admit(kind),
    );
    this.#open.add(channel);
    if (this.#over.signal.aborted) channel.close();
    const ending = channel.run();
    if (first) source.socket.emit("data", first);
    const ended = await ending;
    this.#open.delete(channel);
    this.#bytes += channel.bytes;
    if (ended.number >= 0) this.#ended.push(ended);
    else if (this.#hasMain) this.#ended.push({ ...ended, number: this.#recordSilent() });
    if (ended.number === 0) this.#over.abort(null);
  }

  /**
   * What comes first on a connection. Only a connection of a migration may reach the destination, which
   * gives up after any other; but once the main channel is known, one may stay silent.
   */
  async #first(socket: Socket): Promise<Buffer | "stranger" | undefined> {
    const main = this.#mainKnown.signal;
    if (main.aborted) return undefined;
    const first = await firstChunk(socket, AbortSignal.any([main, this.#over.signal]));
    if (first === undefined) return main.aborted ? undefined : "stranger";
    const kind = channelKind(first);
    const isUnknown = kind === "other" && detectWrapping(first) === "unknown";
    if (isUnknown && !main.aborted) {
      this.#options.onDropped?.("dropped a connection that is not a migration");
      return "stranger";
    }
    if (kind !== "multifd") this.#mainKnown.abort();
    return first;
  }

  /** Postcopy's channel for urgent pages may be opened and never used, but not left out. */
  #recordSilent(): number {
    this.#numbers += 1;
    this.#options.recording.silentChannel(this.#numbers);
    return this.#numbers;
  }

  /** The main channel is the recording's number 0, the others count in the order of first bytes. */
  #admit(kind: ChannelKind) {
    const isMain = kind === "main" || (kind !== "multifd" && !this.#hasMain);
    if (isMain) this.#hasMain = true;
    if (!isMain) this.#numbers += 1;
    const number = isMain ? 0 : this.#numbers;
    return { number, ways: this.#options.recording.channel(number) };
  }

  /** Waits for the end; gives what brought it about, if it is not the ends' own. */
  async #untilOver(): Promise<Error | undefined> {
    const { signal, stallTimeout } = this.#options;
    const over = this.#over.signal;
    const abort = () => this.#over.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    const timer = stallTimeout === undefined ? undefined : this.#watch(stallTimeout);
    if (!over.aborted) {
      await new Promise((resolve) => over.addEventListener("abort", resolve, { once: true }));
    }
    clearInterval(timer);
    signal?.removeEventListener("abort", abort);
    return (over.reason as Error | null) ?? undefined;
  }

  #watch(stallTimeout: number): ReturnType<typeof setInterval> {
    const passed = () => (this.#open.size === 0 ? undefined : this.bytes);
    return watchStall(stallTimeout, passed, () => {
      this.#over.abort(new Error(`nothing has passed for ${stallTimeout} ms`));
    });
  }
}
