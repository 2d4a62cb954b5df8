import type { Socket } from "node:net";
import { settlesWithin } from "../../migration/engine/abortable.js";
import {
  type ChannelKind,
  REQUESTED_PAGES_HEAD,
  startsRequestedPages,
} from "../../migration/wire/channel-kind.js";
import { StreamProgress } from "../../migration/wire/stream-progress.js";
import { detectWrapping } from "../../migration/wire/stream-wrapping.js";
import { formatBytes } from "../../report/units.js";
import { Failure } from "../io.js";
import { AsyncQueue } from "./async-queue.js";
import { type Endpoint, isFromThisHost } from "./endpoint.js";
import { Listener, type Listening, MAX_CONNECTIONS } from "./listener.js";
import { RecordedSocket, RecordedSource } from "./recorded-source.js";
import type { RecordingWriter } from "./recording-writer.js";

/**
 * How often the source may send all memory, on all channels together: each round sends the pages again
 * that the guest has written to. What comes before the memory's size is known, and with the devices, may
 * take as much as `STATE_BYTES`.
 */
const MEMORY_SENT = 64;
const STATE_BYTES = 256 * 1024 * 1024;

/** How connections are taken. */
export interface IncomingOptions {
  /** Milliseconds for which a connection may say nothing while there is no main channel. */
  readonly stallTimeout?: number;
  /** Told of connections that were dropped, in a line. */
  readonly onDropped?: (message: string) => void;
  /** Bytes of guest memory that are accepted; what the source states, if left out. */
  readonly maxMemory?: number;
}

/** The connections of one incoming migration: its main channel, and all others as they come. */
export class Incoming {
  readonly progress = new StreamProgress();
  /** The channels beside the main one. */
  readonly further = new AsyncQueue<RecordedSocket>();
  readonly main: Promise<RecordedSource>;
  #resolve: (channel: RecordedSource) => void = () => {};
  #hasMain = false;
  readonly #recording: RecordingWriter;
  readonly #options: IncomingOptions;
  /** All connections that were not dropped. */
  readonly #all = new Set<RecordedSource>();
  /** Connections beside the main one that have said nothing yet. */
  readonly #silent = new Set<RecordedSource>();
  /** Whether the source is known to run on this host. */
  sourceOnThisHost = false;
  #listener: Listener | undefined;
  #numbers = 0;
  /** Bytes that were read of all channels, once it was known what they are. */
  #accepted = 0;
  /** How often a paused postcopy has gone on. */
  #resumed = 0;

  constructor(recording: RecordingWriter, options: IncomingOptions = {}) {
    this.#recording = recording;
    this.#options = options;
    this.main = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Bytes that came on all channels. */
  get bytes(): number {
    return [...this.#all].reduce((sum, channel) => sum + channel.bytes, 0);
  }

  /** How many channels brought something. */
  get channels(): number {
    return [...this.#all].filter(({ bytes }) => bytes > 0).length;
  }

  /** Waits for connections; gives where. Throws `Failure` if that cannot be. */
  async listen(endpoint: Endpoint): Promise<Listening> {
    this.#listener = await Listener.open(endpoint, (socket) => void this.#accept(socket));
    return this.#listener.listening;
  }

  /** Takes a stream that has no way back. */
  take(chunks: AsyncIterable<Uint8Array>): void {
    const source = new RecordedSource(chunks);
    this.#all.add(source);
    this.further.end();
    this.#admitMain(source);
  }

  /** Takes no more connections, and drops those that nobody has taken. */
  close(): void {
    this.#listener?.close();
    for (const _ of this.#silent) {
      if (this.#numbers < this.#maxNumber) this.#recording.silentChannel(++this.#numbers);
    }
    this.#silent.clear();
    this.further.end();
    for (const channel of this.#all) if (channel instanceof RecordedSocket) channel.destroy();
  }

  /**
   * A connection that cannot be of a migration is dropped: a port scanner must not end a recording.
   * One of a known format is the main channel as long as there is none: the load says why not.
   */
  async #accept(socket: Socket): Promise<void> {
    const channel = new RecordedSocket(socket);
    this.sourceOnThisHost ||= isFromThisHost(socket);
    this.#all.add(channel);
    if (this.#hasMain) this.#silent.add(channel);
    const kind = await this.#kindOf(channel).catch(() => undefined);
    this.#silent.delete(channel);
    if (kind === undefined) return this.#drop(channel);
    if (!(await this.#isExpected(channel, kind))) {
      return this.#drop(channel, "dropped a connection that is not a channel of this migration");
    }
    if (kind !== "multifd" && !this.#hasMain) return this.#admitMain(channel);
    if (kind === "resumed") return this.#admitResumed(channel);
    if (this.#numbers >= this.#maxNumber) {
      const reason = `the migration has had ${this.#numbers} additional channels, the most that QEMU opens`;
      return this.#drop(channel, `dropped a connection: ${reason}`);
    }
    this.#numbers += 1;
    const number = this.#numbers;
    const reading = (chunk: Uint8Array) => this.progress.takeMultifd(number, chunk);
    const ways = this.#recording.channel(number);
    channel.recordTo({ ways, admit: this.#admit, ...(kind === "multifd" && { reading }) });
    this.further.push(channel);
  }

  /** A paused postcopy that resumes opens its channel for requested pages again. */
  get #maxNumber(): number {
    return MAX_CONNECTIONS - 1 + this.#resumed;
  }

  #drop(channel: RecordedSocket, message?: string): void {
    this.#all.delete(channel);
    channel.drop();
    if (message !== undefined) this.#options.onDropped?.(message);
  }

  async #isExpected(channel: RecordedSocket, kind: ChannelKind): Promise<boolean> {
    if (kind !== "other") return kind !== "main" || !this.#hasMain;
    if (!this.#hasMain) {
      const head = await channel.head(1).catch(() => undefined);
      // The main channel may have come in the meantime.
      if (!this.#hasMain) return head !== undefined && detectWrapping(head) !== "unknown";
    }
    const head = await channel.head(REQUESTED_PAGES_HEAD).catch(() => undefined);
    return head !== undefined && startsRequestedPages(head);
  }

  /** Throws `Failure` where more bytes have come than a migration of this memory can need. */
  readonly #admit = (bytes: number): void => {
    this.#accepted += bytes;
    const memory = Math.max(this.#options.maxMemory ?? 0, this.progress.memory);
    const limit = MEMORY_SENT * memory + STATE_BYTES;
    if (this.#accepted <= limit) return;
    const reason = `${MEMORY_SENT} times its memory of ${formatBytes(memory)}, and ${formatBytes(STATE_BYTES)}`;
    throw new Failure(`the source sent more than ${reason}; --max-memory raises the limit`, 1);
  };

  /** Beside a main channel, one may keep silent as long as it likes: postcopy's urgent one does. */
  async #kindOf(channel: RecordedSocket): Promise<ChannelKind | undefined> {
    const kind = channel.kind();
    const { stallTimeout, onDropped } = this.#options;
    if (this.#hasMain || stallTimeout === undefined) return await kind;
    const never = new AbortController().signal;
    if ((await settlesWithin(kind, stallTimeout, never)) || this.#hasMain) return await kind;
    onDropped?.(`dropped a connection that did not say what it is in ${stallTimeout / 1000} s`);
    return undefined;
  }

  #admitResumed(channel: RecordedSocket): void {
    this.#resumed += 1;
    channel.recordTo({ ways: this.#recording.resumed(this.#resumed), admit: this.#admit });
    this.further.push(channel);
  }

  #admitMain(channel: RecordedSource): void {
    this.#hasMain = true;
    const reading = (chunk: Uint8Array) => this.progress.take(chunk);
    channel.recordTo({ ways: this.#recording.channel(0), reading, admit: this.#admit });
    this.#resolve(channel);
  }
}
