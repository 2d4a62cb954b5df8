import {
  trace_multifd_recv_new_channel,
  trace_multifd_recv_thread_end,
  trace_multifd_recv_thread_start,
  trace_multifd_recv_unfill,
} from "../../../generated/migration.js";
import type { MultifdItem } from "../wire/multifd-packet.js";
import { MultifdChannelPages } from "../wire/multifd-pages.js";
import { MultifdReader } from "../wire/multifd-reader.js";
import type { Patience } from "./abortable.js";
import type { ChannelInput } from "./channel-input.js";
import type { IncomingPages, PageOrigin } from "./incoming-pages.js";

/** One of multifd's channels, as it comes in. */
export class IncomingMultifd implements PageOrigin {
  readonly #pages: IncomingPages;
  readonly #moved: () => void;
  #syncs = 0;
  #packets = 0n;
  #ended = false;
  /** Its number, while it is read. */
  #id: number | undefined;

  /** `moved` is told whenever the channel has brought something, such as a sync point. */
  constructor(pages: IncomingPages, moved: () => void) {
    this.#pages = pages;
    this.#moved = moved;
    pages.expectMultifd();
  }

  /** Sync points that it has come to. */
  get syncs(): number {
    return this.#syncs;
  }

  /** Whether it was read to its end. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Reads it to its end; `hello` are the bytes of its greeting. Throws `DecodeError`. */
  async read(hello: Uint8Array, input: ChannelInput, patience: Patience): Promise<void> {
    this.#id = channelNumber(hello);
    trace_multifd_recv_new_channel(this.#id);
    trace_multifd_recv_thread_start(this.#id);
    // The channels may be faster than the main one, whose block list they are of.
    await this.#pages.listed(patience);
    const reader = this.#newReader(this.#id);
    for (let chunk: Uint8Array | undefined = hello; chunk; chunk = await input.read(patience)) {
      reader.append(chunk);
      this.#step(reader);
    }
    reader.end();
    this.#ended = true;
    this.#step(reader);
    this.end();
  }

  /** It is at its end, or nothing more is wanted of it. */
  end(): void {
    if (this.#id === undefined) return;
    trace_multifd_recv_thread_end(this.#id, this.#packets);
    this.#id = undefined;
  }

  #newReader(id: number): MultifdChannelPages {
    const { blocks, pageBytes } = this.#pages;
    const told = (item: MultifdItem) => {
      if (item.type === "hello") return;
      this.#packets += 1n;
      const number = item.type === "pages" ? item.packetNumber : 0n;
      if (item.type === "pages") this.#pages.packet(number);
      trace_multifd_recv_unfill(id, number, item.flags, item.payloadSize);
    };
    return new MultifdChannelPages(undefined, blocks, this.#pages.sinkOf(this), pageBytes, told);
  }

  #step(reader: MultifdChannelPages): void {
    while (reader.step()) this.#syncs += 1;
    this.#moved();
  }
}

function channelNumber(hello: Uint8Array): number {
  const reader = new MultifdReader();
  reader.append(hello);
  reader.end();
  const item = reader.next();
  return item?.type === "hello" ? item.channel : 0;
}
