import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { DecodeError } from "../../bytes/decode-error.js";
import { abortable } from "../../migration/engine/abortable.js";
import type { ChannelKind } from "../../migration/wire/channel-kind.js";
import { type ReturnPathItem, ReturnPathReader } from "../../migration/wire/return-path.js";
import { StreamProgress } from "../../migration/wire/stream-progress.js";
import { connect } from "./connect.js";
import type { Endpoint } from "./endpoint.js";
import { holdingLast } from "./playback.js";
import { watchStall } from "./watch-stall.js";

/** Milliseconds that the destination has for closing its way when all is said. */
const CLOSE_TIME = 2000;
/** Bytes that are handed over at a time: of a larger piece, nobody could tell how much was taken. */
const PIECE = 64 * 1024;
/** Milliseconds after which a channel without a greeting follows the main one, if no PONG comes. */
const LEAD = 300;
/** Milliseconds that the destination has for reading what such a channel brought last. */
const URGENT_TIME = 500;

/** Bytes of a PING: type of the item, number, length and value of the command. */
const PING_SIZE = 9;

/** A channel that is to be sent. */
export interface SentChannel {
  readonly kind: ChannelKind | "silent";
  /** How many bytes it has. */
  readonly length: number;
  /** Begins to give the bytes, each piece when it is due. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** Where a migration is sent to, and how long that may take. */
export interface SenderOptions {
  readonly to: Endpoint;
  /** Milliseconds for a connection to be made. */
  readonly connectTimeout: number;
  /** Milliseconds for which the destination may take nothing and say nothing. */
  readonly stallTimeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the destination made of it. */
export interface SendResult {
  /** Bytes of the main channel that the system took over; the destination may have read less. */
  readonly taken: number;
  /** How many PINGs it answered. */
  readonly pongs: number;
  readonly pagesRequested: number;
  /** What its SHUT said: 0 if all is loaded; undefined if none came. */
  readonly shut: number | undefined;
  /** Why not all was sent and loaded. */
  readonly failure?: Error;
}

/** Sends the channels of one migration to a QEMU that waits for it, and hears what it answers. */
export class Sender {
  readonly progress = new StreamProgress();
  readonly #options: SenderOptions;
  readonly #sockets: Socket[] = [];
  readonly #over = new AbortController();
  #pongs = 0;
  /** Bytes of the main channel that were given to `progress`. */
  #readBytes = 0;
  #pagesRequested = 0;
  #shut: number | undefined;
  #said = 0;
  #expectsShut = false;
  #sentAll = false;
  #heard: () => void = () => {};
  /** Resolves with the first PONG. */
  readonly #answered: Promise<void>;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#answered = new Promise((resolve) => {
      this.#heard = resolve;
    });
  }

  /** Bytes that went, on all channels. */
  get bytes(): number {
    return this.#sockets.reduce((sum, socket) => sum + takenOf(socket), 0);
  }

  /** Sends all; resolves when the destination has loaded it, or has not. Throws `Failure` if it is not there. */
  async run(channels: readonly SentChannel[]): Promise<SendResult> {
    const { signal, stallTimeout } = this.#options;
    const abort = () => this.#over.abort(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    const main = await this.#connect();
    const timer = stallTimeout === undefined ? undefined : this.#watch(stallTimeout);
    const heard = this.#listen(main);
    let failure: Error | undefined;
    try {
      const played = this.#playAll(channels, main);
      await Promise.all([played, this.#finished(heard, played)]);
    } catch (error) {
      failure = error as Error;
    }
    clearInterval(timer);
    signal?.removeEventListener("abort", abort);
    // What it says last, such as SHUT 1, may come behind what it did not take.
    if (failure && !this.#over.signal.aborted)
      await Promise.race([heard, delay(CLOSE_TIME, null, { ref: false })]).catch(() => {});
    // Channels that are still to follow see that nothing follows any more.
    this.#over.abort(failure);
    for (const socket of this.#sockets) socket.destroy();
    return {
      taken: takenOf(main),
      pongs: this.#pongs,
      pagesRequested: this.#pagesRequested,
      shut: this.#shut,
      ...(failure && { failure }),
    };
  }

  async #connect(): Promise<Socket> {
    const { to, connectTimeout } = this.#options;
    const socket = await connect(to, connectTimeout, this.#over.signal);
    socket.on("error", () => {});
    this.#sockets.push(socket);
    if (this.#over.signal.aborted) socket.destroy();
    return socket;
  }

  /** One that never said anything may have been nobody's channel, and is not insisted upon. */
  async #connectFurther(kind: SentChannel["kind"]): Promise<Socket | undefined> {
    return await this.#connect().catch((error: unknown) => {
      if (kind === "silent") return undefined;
      throw error;
    });
  }

  async #playAll(channels: readonly SentChannel[], main: Socket): Promise<void> {
    const isUrgent = ({ kind }: SentChannel) => kind === "other";
    const urgent = channels.filter(isUrgent).map((channel) => this.#play(channel, main));
    const rest = channels
      .filter((channel) => !isUrgent(channel))
      .map((channel) => {
        if (channel.kind !== "main" || urgent.length === 0) return this.#play(channel, main);
        const { length } = channel;
        const bytes = () => holdingLast(channel.bytes(), length, () => this.#urgentRead(urgent));
        return this.#play({ ...channel, bytes }, main);
      });
    await Promise.all([...urgent, ...rest]);
  }

  /**
   * Waits until the urgent channels are handed over and read, or the destination takes no more of
   * them: at the main channel's end QEMU closes them, unread, if it waits for no page.
   */
  async #urgentRead(urgent: readonly Promise<void>[]): Promise<void> {
    let timer: ReturnType<typeof setInterval> | undefined;
    const ignored = new Promise<void>((resolve) => {
      timer = watchStall(CLOSE_TIME, () => this.bytes, resolve);
    });
    const read = Promise.all(urgent).then(() => delay(URGENT_TIME, undefined, { ref: false }));
    await this.#unlessOver(Promise.race([read, ignored])).finally(() => clearInterval(timer));
  }

  async #play({ kind, bytes }: SentChannel, main: Socket): Promise<void> {
    // A channel without a greeting would be taken for the main one if it came first.
    if (kind === "other" || kind === "silent") await this.#hasLead();
    const socket = kind === "main" ? main : await this.#connectFurther(kind);
    if (!socket) return;
    if (kind !== "main") socket.resume();
    for await (const piece of bytes()) {
      if (kind === "main") this.#readAlong(piece);
      for (let at = 0; at < piece.length; at += PIECE) {
        await this.#write(socket, piece.subarray(at, at + PIECE));
      }
      // The destination has failed, and says so while there would be more to send.
      if (this.#shut) return;
    }
    if (kind !== "main") return;
    this.#sentAll = true;
    // Behind a stream that is cut short, too: its destination would wait for the rest for ever.
    this.progress.end();
    if (!this.#expectsShut || this.progress.snapshot().failure) socket.end();
  }

  async #hasLead(): Promise<void> {
    await this.#unlessOver(Promise.race([this.#answered, delay(LEAD, null, { ref: false })]));
  }

  #readAlong(piece: Uint8Array): void {
    this.#readBytes += piece.length;
    this.progress.take(piece);
    this.#expectsShut = this.progress.snapshot().returnPath;
  }

  #write(socket: Socket, piece: Uint8Array): Promise<void> {
    return this.#unlessOver(
      new Promise((resolve, reject) => {
        socket.write(piece, (error) => (error ? reject(gone()) : resolve()));
      }),
    );
  }

  /** Reads what the destination answers until it closes its way, or has said SHUT. */
  async #listen(main: Socket): Promise<void> {
    const reader = new ReturnPathReader();
    try {
      for await (const chunk of main.iterator({ destroyOnReturn: false })) {
        this.#said += chunk.length;
        reader.append(chunk);
        for (let item = reader.next(); item; item = reader.next()) {
          this.#note(item);
          if (this.#shut !== undefined) return;
        }
      }
    } catch (error) {
      if (error instanceof DecodeError)
        throw new Error(`the destination's answer: ${error.message}`);
    }
  }

  #note({ message, offset }: ReturnPathItem): void {
    if (message.type === "REQ_PAGES") this.#pagesRequested += 1;
    if (message.type === "SHUT") this.#shut = message.value;
    if (message.type !== "PONG") return;
    if (this.#pongs >= this.#mostPings) {
      throw new DecodeError(`more PONGs than PINGs: PONG number ${this.#pongs + 1}`, offset);
    }
    this.#pongs += 1;
    this.#heard();
  }

  /** PINGs that can have been sent: those read, and as many as the bytes not understood have room for. */
  get #mostPings(): number {
    const { pings, bytes } = this.progress.snapshot();
    return pings + Math.floor((this.#readBytes - bytes) / PING_SIZE);
  }

  /** With a return path the last word is SHUT, else it is that the destination closes. */
  async #finished(heard: Promise<void>, played: Promise<void>): Promise<void> {
    await this.#unlessOver(heard);
    if (this.#shut) throw new Error(`the destination failed: SHUT ${this.#shut}`);
    if (this.#expectsShut && this.#shut === undefined) throw gone();
    // One that has read the end may close before we have seen that nothing follows it.
    const late = delay(CLOSE_TIME, "late", { ref: false });
    const isLate = (await Promise.race([played, late])) === "late";
    if (!this.#sentAll) throw gone();
    if (isLate) throw new Error("the destination has ended, and left a further channel unread");
  }

  #unlessOver<T>(promise: Promise<T>): Promise<T> {
    return abortable(promise, { signal: this.#over.signal });
  }

  #watch(stallTimeout: number): ReturnType<typeof setInterval> {
    const done = () => this.bytes + this.#said;
    return watchStall(stallTimeout, done, () => {
      this.#over.abort(new Error(`the destination has kept us waiting for ${stallTimeout} ms`));
    });
  }
}

function takenOf(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength;
}

function gone(): Error {
  return new Error("the destination closed the connection");
}
