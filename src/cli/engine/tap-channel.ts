import type { Socket } from "node:net";
import { DecodeError } from "../../bytes/decode-error.js";
import { readFed } from "../../bytes/fed-reader.js";
import { type ChannelKind, channelKind } from "../../migration/wire/channel-kind.js";
import { ReturnPathReader } from "../../migration/wire/return-path.js";
import type { StreamProgress } from "../../migration/wire/stream-progress.js";
import { detectWrapping } from "../../migration/wire/stream-wrapping.js";
import type { ChannelRecorder } from "./channel-recorder.js";
import type { RecordedWays } from "./recording-writer.js";
import { relay } from "./relay.js";
import type { ReusedReads } from "./reused-reads.js";

/** A channel as it ended: its number in the recording, how much went each way, what broke it. */
export interface EndedChannel {
  readonly number: number;
  readonly kind: ChannelKind;
  readonly forward: number;
  readonly back: number;
  /** The value of SHUT, with which a destination ends the return path: 0 if it has loaded the guest. */
  readonly shut?: number;
  /** Whether it begins as TLS does. */
  readonly encrypted: boolean;
  readonly failure?: string;
  /** The end that broke it, where one closed the connection with data unread or unsent. */
  readonly brokenBy?: "source" | "destination";
}

/** One connection of a migration on its way through a tap. */
export class TapChannel {
  readonly #source: Socket;
  readonly #settle: (bytes: number) => void;
  readonly #destination: Socket;
  readonly #progress: StreamProgress;
  readonly #admit: (kind: ChannelKind) => { readonly number: number; readonly ways: RecordedWays };
  #kind: ChannelKind = "other";
  #ways: RecordedWays | undefined;
  #number = -1;
  #forward = 0;
  #back = 0;
  #broken: string | undefined;
  #brokenBy: "source" | "destination" | undefined;
  #encrypted = false;
  /** Reads what a destination answers, as far as it is understood. */
  #answers: ReturnPathReader | undefined = new ReturnPathReader();
  #shut: number | undefined;

  /** `admit` is asked, once the first bytes have come, for the number and the place to record in. */
  constructor(
    { socket: source, settle }: ReusedReads,
    destination: Socket,
    progress: StreamProgress,
    admit: (kind: ChannelKind) => { readonly number: number; readonly ways: RecordedWays },
  ) {
    this.#source = source;
    this.#settle = settle;
    this.#destination = destination;
    this.#progress = progress;
    this.#admit = admit;
    this.#watch(source, "source");
    this.#watch(destination, "destination");
  }

  get bytes(): number {
    return this.#forward;
  }

  get kind(): ChannelKind {
    return this.#kind;
  }

  /** Passes all on, both ways, until both have ended or one broke; then both sockets are closed. */
  async run(): Promise<EndedChannel> {
    const ways = [
      relay(this.#source, this.#destination, (chunk, at) => this.#takeForward(chunk, at)),
      relay(this.#destination, this.#source, (chunk, at) => this.#takeBack(chunk, at)),
    ];
    let failure: string | undefined;
    try {
      await Promise.all(ways);
    } catch (error) {
      failure = this.#broken ?? (error as Error).message;
    }
    this.close();
    await Promise.allSettled(ways);
    return {
      number: this.#number,
      kind: this.#kind,
      forward: this.#forward,
      back: this.#back,
      encrypted: this.#encrypted,
      ...(this.#shut !== undefined && { shut: this.#shut }),
      ...(failure !== undefined && { failure }),
      ...(this.#brokenBy && { brokenBy: this.#brokenBy }),
    };
  }

  close(): void {
    this.#source.destroy();
    this.#destination.destroy();
  }

  /** Which end it was that broke first. */
  #watch(socket: Socket, end: "source" | "destination"): void {
    socket.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      const isGone = code === "EPIPE" || code === "ECONNRESET";
      this.#brokenBy ??= end;
      this.#broken ??= isGone ? `the ${end} closed the connection` : `the ${end}: ${message}`;
    });
  }

  #takeForward(chunk: Uint8Array, at: bigint): ChannelRecorder {
    if (!this.#ways) this.#encrypted = detectWrapping(chunk) === "tls";
    const ways = this.#ways ?? this.#begin(channelKind(chunk));
    this.#forward += chunk.length;
    if (this.#kind === "main") this.#progress.take(chunk);
    if (this.#kind === "multifd") this.#progress.takeMultifd(this.#number, chunk);
    const recorder = ways.forward(chunk, at);
    this.#settle(recorder.settled);
    return recorder;
  }

  #takeBack(chunk: Uint8Array, at: bigint): ChannelRecorder {
    const ways = this.#ways ?? this.#begin("other");
    this.#back += chunk.length;
    this.#readAnswers(chunk);
    return ways.back(chunk, at);
  }

  /** What is not understood, such as TLS, or of another channel, says nothing here. */
  #readAnswers(chunk: Uint8Array): void {
    const reader = this.#answers;
    if (!reader) return;
    try {
      // The memory that it came in is used again.
      reader.append(chunk.slice());
      for (const { message } of readFed(reader)) {
        if (message.type === "SHUT") this.#shut = message.value;
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#answers = undefined;
    }
  }

  #begin(kind: ChannelKind): RecordedWays {
    const { number, ways } = this.#admit(kind);
    this.#kind = kind;
    this.#number = number;
    this.#ways = ways;
    return ways;
  }
}
