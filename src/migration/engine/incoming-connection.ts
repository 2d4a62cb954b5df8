import { trace_qemu_file_fclose } from "../../../generated/migration.js";
import { type ByteSource, isChannel } from "./byte-channel.js";
import { ChannelInput } from "./channel-input.js";
import { type ChannelOutput, streamOutput } from "./channel-output.js";
import { sendMessage } from "./destination-return-path.js";
import { hangUp } from "./hang-up.js";
import { RunControl } from "./run-control.js";

/** How long a destination waits for its source, and who may end it. */
export interface IncomingPatience {
  readonly signal?: AbortSignal | undefined;
  readonly stallTimeout?: number | undefined;
}

/** A connection by which a destination loads, the first one or one by which it goes on. */
export class IncomingConnection {
  readonly control: RunControl;
  readonly input: ChannelInput;
  /** The way back, if there is one. */
  readonly output: ChannelOutput | undefined;
  readonly #channel: ByteSource;

  /** `input` is what is read of the channel, if that has begun. */
  constructor(
    channel: ByteSource,
    { signal, stallTimeout }: IncomingPatience,
    input: ChannelInput = new ChannelInput(channel),
  ) {
    this.control = new RunControl(channel, signal, stallTimeout);
    if (isChannel(channel)) this.control.watch(channel);
    this.input = input;
    this.output = isChannel(channel) ? streamOutput(channel, this.control) : undefined;
    this.#channel = channel;
  }

  /** Says SHUT, if the return path is open, then closes. */
  async close(value: 0 | 1, returnPathOpen: boolean): Promise<void> {
    if (isChannel(this.#channel) && returnPathOpen) {
      const shut = { type: "SHUT", value } as const;
      await hangUp(this.#channel, this.input, (output) => sendMessage(output, shut));
      trace_qemu_file_fclose();
    } else {
      this.drop();
    }
    trace_qemu_file_fclose();
  }

  /** Closes it at once. */
  drop(): void {
    this.input.close();
    if (isChannel(this.#channel)) this.#channel.destroy();
  }
}
