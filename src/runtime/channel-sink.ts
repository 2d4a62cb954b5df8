import { type Clock, monotonicClock, recordTime } from "./clock.js";
import type { ArgumentValue, Sink, TraceEvent } from "./trace-event.js";
import { typedRecord } from "./typed-record.js";

/** What is used of a channel of Node's `diagnostics_channel`. */
export interface TraceChannel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

export interface ChannelSinkOptions {
  /** Finds a channel by name: `channel` of `node:diagnostics_channel`. */
  readonly channel: (name: string) => TraceChannel;
  /** The records' timestamps. */
  readonly clock?: Clock;
}

/**
 * Publishes typed records, each event on a channel of its own: `qtrace:GROUP:EVENT`. An event
 * without subscribers makes no record.
 */
export class ChannelSink implements Sink {
  readonly #channel: (name: string) => TraceChannel;
  readonly #time: (at?: number) => bigint;
  readonly #channels: TraceChannel[] = [];

  constructor({ channel, clock = monotonicClock }: ChannelSinkOptions) {
    this.#channel = channel;
    this.#time = recordTime(clock);
  }

  write(event: TraceEvent, values: readonly ArgumentValue[], at?: number): void {
    const channel = this.#channels[event.id] ?? this.#open(event);
    if (channel.hasSubscribers) channel.publish(typedRecord(event, values, this.#time(at)));
  }

  #open(event: TraceEvent): TraceChannel {
    const channel = this.#channel(channelName(event));
    this.#channels[event.id] = channel;
    return channel;
  }
}

/** The channel of an event: `qtrace:GROUP:EVENT`. */
export function channelName({ group, name }: Pick<TraceEvent, "group" | "name">): string {
  return `qtrace:${group}:${name}`;
}
