import {
  trace_multifd_recv_terminate_threads,
  trace_postcopy_pause_fast_load,
  trace_postcopy_pause_fast_load_continued,
  trace_qemu_file_fclose,
} from "../../../generated/migration.js";
import { CHANNEL_KIND_HEAD, channelKind } from "../wire/channel-kind.js";
import { HELLO_SIZE } from "../wire/multifd-packet.js";
import { abortable, type Patience, settlesWithin } from "./abortable.js";
import { type ByteSource, isChannel } from "./byte-channel.js";
import { ChannelInput } from "./channel-input.js";
import { IncomingMultifd } from "./incoming-multifd.js";
import type { IncomingPages } from "./incoming-pages.js";
import { readUrgent } from "./incoming-urgent.js";
import { ConnectionLost, MigrationError } from "./migration-error.js";
import type { RunControl } from "./run-control.js";

/** Milliseconds for which a connection may come behind the main channel's end: it was made before. */
const LATE = 1000;

/** A connection, and what is read of it. */
export interface OpenChannel {
  readonly channel: ByteSource;
  readonly input: ChannelInput;
}

/**
 * The connections of a migration beside its main channel: multifd's, postcopy's for urgent pages, and
 * those by which a paused postcopy goes on.
 */
export class FurtherChannels {
  readonly #pages: IncomingPages;
  #control: RunControl;
  readonly #over = new AbortController();
  readonly #open = new Set<OpenChannel>();
  readonly #urgent = new Set<OpenChannel>();
  readonly #multifd: IncomingMultifd[] = [];
  #wake: () => void = () => {};
  #opened = 0;
  #count = 0;
  /** Channels for urgent pages that were opened so far. */
  #urgentCount = 0;
  /** Connections that have not said yet what they are. */
  #unknown = 0;
  /** Whether no more connections can come. */
  #complete = true;
  /** Whether the guest runs here, so that its source may go on by another connection. */
  #resumable = false;
  #paused = false;
  #resumed: OpenChannel | undefined;

  constructor(pages: IncomingPages, control: RunControl) {
    this.#pages = pages;
    this.#control = control;
  }

  /** How many channels brought something. */
  get count(): number {
    return this.#count;
  }

  /** Takes connections until there are no more of them; what fails in one of them fails the run. */
  async take(channels: AsyncIterable<ByteSource>): Promise<void> {
    this.#complete = false;
    try {
      for await (const channel of channels) {
        if (this.#closed) drop({ channel });
        else void this.#serve(channel);
      }
    } catch (error) {
      this.#control.fail(error);
    }
    this.#complete = true;
    this.#wake();
  }

  /**
   * Waits until multifd's channels have come as far as the main channel has. Throws `MigrationError`
   * where there must be some, and none can come, or one ended too early.
   */
  async settled(): Promise<void> {
    while (!this.#isSettled()) {
      this.#refuseEnded();
      await abortable(this.#moved(), this.#control);
    }
    if (this.#pages.lacksContents) {
      throw new MigrationError("memory came without contents: those are in multifd's channels");
    }
  }

  /**
   * Waits until nothing is missing any more, or no channel for urgent pages could bring it (QEMU
   * joins its thread). Throws `ConnectionLost` where such a channel has not brought all.
   */
  async allPages(): Promise<void> {
    const { missing } = this.#pages.postcopy;
    while (missing.count > 0) {
      if (this.#urgent.size + this.#unknown > 0) await abortable(this.#moved(), this.#control);
      else if (this.#complete || !(await this.#another())) break;
    }
    if (missing.count === 0 || this.#opened === 0) return;
    throw new ConnectionLost("the channel for urgent pages was lost");
  }

  /** From here on the source may go on by another connection, if this one is lost. */
  allowResume(): void {
    this.#resumable = true;
  }

  /** The main channel was lost, and the one for urgent pages is of no use without it. */
  pause(): void {
    this.#paused = true;
    for (const open of this.#urgent) {
      trace_postcopy_pause_fast_load();
      trace_qemu_file_fclose();
      this.#drop(open);
    }
    this.#urgent.clear();
  }

  /** The connection by which the source goes on, once it is there; `undefined` if none can come. */
  async resumed(): Promise<OpenChannel | undefined> {
    while (!this.#resumed && !this.#closed && !this.#isIdle) await this.#moved();
    const resumed = this.#resumed;
    this.#resumed = undefined;
    return resumed;
  }

  /** The main channel is another one now. */
  goOn(control: RunControl): void {
    this.#control = control;
    this.#paused = false;
  }

  /** Pages come again by the channel for urgent ones, if there was one. */
  traceUrgentContinued(): void {
    if (this.#urgentCount > 0) trace_postcopy_pause_fast_load_continued();
  }

  /** Closes all of them. */
  close(): void {
    this.#over.abort();
    if (this.#pages.usesMultifd) {
      trace_multifd_recv_terminate_threads(this.#control.signal.aborted);
    }
    for (const channel of this.#multifd) channel.end();
    for (const open of this.#open) this.#drop(open);
    if (this.#resumed) this.#drop(this.#resumed);
    this.#wake();
  }

  get #closed(): boolean {
    return this.#over.signal.aborted;
  }

  /** Whether nobody is there who could still say that he goes on. */
  get #isIdle(): boolean {
    return this.#complete && this.#unknown === 0;
  }

  #moved(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Whether another connection comes, late. */
  async #another(): Promise<boolean> {
    const before = this.#opened;
    await settlesWithin(this.#moved(), LATE, this.#control.signal);
    return this.#opened > before;
  }

  /** Each channel has all of the main channel's sync points (QEMU migration/multifd.c). */
  #refuseEnded(): void {
    const { syncs } = this.#pages;
    const ended = this.#multifd.find((channel) => channel.ended && channel.syncs < syncs);
    if (!ended) return;
    throw new MigrationError(
      `a multifd channel ended after ${ended.syncs} of the ${syncs} sync points of the main channel`,
    );
  }

  #isSettled(): boolean {
    const { syncs, usesMultifd, lacksContents, hasAllPackets } = this.#pages;
    if (!usesMultifd) return this.#complete || !lacksContents;
    if (!this.#multifd.every((channel) => channel.syncs >= syncs)) return false;
    return this.#complete || hasAllPackets;
  }

  async #serve(channel: ByteSource): Promise<void> {
    if (isChannel(channel)) channel.on("error", () => {});
    const open = { channel, input: new ChannelInput(channel) };
    this.#open.add(open);
    this.#opened += 1;
    this.#wake();
    const head = await this.#head(open);
    const control = this.#control;
    try {
      if (head) await this.#read(open, head, control);
    } catch (error) {
      control.fail(error);
    }
    this.#urgent.delete(open);
    // One by which a paused postcopy goes on is the main channel now.
    if (this.#open.has(open)) this.#drop(open);
    this.#wake();
  }

  /** A channel may keep silent as long as it likes; whether all is there, the main channel tells. */
  async #head(open: OpenChannel): Promise<Uint8Array | undefined> {
    this.#unknown += 1;
    try {
      return await readAtLeast(open.input, CHANNEL_KIND_HEAD, this.#over);
    } catch {
      // It is nobody's, as it broke before it has said anything.
      this.#drop(open);
      return undefined;
    } finally {
      this.#unknown -= 1;
    }
  }

  async #read(open: OpenChannel, head: Uint8Array, control: RunControl): Promise<void> {
    const kind = channelKind(head);
    if (kind === "resumed") return this.#resume(open, head);
    // A source that begins anew, or is of another migration, is not the one that is awaited.
    if (this.#paused) return this.#drop(open);
    if (kind === "main") throw new MigrationError("a second main channel was opened");
    this.#count += 1;
    const patience = { signal: control.signal };
    if (kind === "other") {
      this.#urgent.add(open);
      this.#urgentCount += 1;
      const again = this.#urgentCount > 1;
      const moved = () => this.#wake();
      return await readUrgent(this.#pages, head, open.input, patience, again, moved);
    }
    const channel = new IncomingMultifd(this.#pages, () => this.#wake());
    this.#multifd.push(channel);
    const hello = await readAtLeast(open.input, HELLO_SIZE, patience, head);
    if (hello) await channel.read(hello, open.input, patience);
  }

  /** The source may know that the connection is lost before this end does. */
  #resume(open: OpenChannel, head: Uint8Array): void {
    if (!this.#resumable) {
      throw new MigrationError("a paused postcopy is to go on here, where none is");
    }
    if (this.#resumed) this.#drop(this.#resumed);
    this.#open.delete(open);
    open.input.unread(head);
    this.#resumed = open;
    this.#control.fail(new ConnectionLost("the source goes on by another connection"));
  }

  #drop(open: OpenChannel): void {
    this.#open.delete(open);
    open.input.close();
    drop(open);
  }
}

/** So many bytes, or more if they came with them; `undefined` if the channel ends before. */
async function readAtLeast(
  input: ChannelInput,
  length: number,
  patience: Patience,
  begun: Uint8Array = new Uint8Array(0),
): Promise<Uint8Array | undefined> {
  let head = begun;
  while (head.length < length) {
    const chunk = await input.read(patience);
    if (!chunk) return undefined;
    head = head.length === 0 ? chunk : joined(head, chunk);
  }
  return head;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function drop({ channel }: Pick<OpenChannel, "channel">): void {
  if (isChannel(channel)) channel.destroy();
}
