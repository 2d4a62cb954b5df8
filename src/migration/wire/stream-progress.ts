import { DecodeError } from "../../bytes/decode-error.js";
import type { MultifdItem } from "./multifd-packet.js";
import { MultifdReader } from "./multifd-reader.js";
import { RoundCounter } from "./ram-rounds.js";
import type { RamBlockInfo, StreamItem } from "./stream-item.js";
import { StreamReader } from "./stream-reader.js";

/** How far a migration is, as what was sent tells. */
export type MigrationPhase = "setup" | "precopy" | "switchover" | "postcopy" | "devices" | "end";

/** What is known of a migration while it runs. */
export interface ProgressSnapshot {
  readonly phase: MigrationPhase;
  /** The machine type, once it is known. */
  readonly machine: string | undefined;
  /** Bytes of the main channel that were understood. */
  readonly bytes: number;
  /** Of guest memory, in bytes; and of a page of it. */
  readonly memory: number;
  readonly pageSize: number;
  /** The round that is being sent, from 1 on; 0 before the first. */
  readonly round: number;
  /** Pages sent in this round. */
  readonly pages: number;
  /**
   * Pages that are still to come in this round: in the first one all of memory; later ones are
   * taken to be as long as the one before, as nobody but the source knows.
   */
  readonly pagesLeft: number;
  /** Items read so far. */
  readonly items: number;
  /** PINGs read so far. */
  readonly pings: number;
  /** Whether the source opened a return path. */
  readonly returnPath: boolean;
  /** What of the stream could not be understood; the numbers stand still from there on. */
  readonly failure: DecodeError | undefined;
}

/** Reads along with a migration without holding its bytes: how far it is, round by round. */
export class StreamProgress {
  readonly #reader: StreamReader;
  readonly #channels = new Map<number, MultifdReader>();
  readonly #blocks = new Map<string, number>();
  readonly #rounds = new RoundCounter();
  readonly #pages: number[] = [];
  /** Rounds that a sync point has ended. */
  #syncs = 0;
  #pageSize = 4096;
  #memory = 0;
  #phase: MigrationPhase = "setup";
  #machine: string | undefined;
  #items = 0;
  #pings = 0;
  #returnPath = false;
  #failure: DecodeError | undefined;

  constructor() {
    this.#reader = new StreamReader({
      observer: { section: ({ type }) => this.#section(type) },
      ram: {
        block: (block, pageSize) => this.#block(block, pageSize),
        pageSize: (bytes) => {
          this.#pageSize = bytes;
        },
        pageAt: ({ name }, address) => this.#page(name, address),
        zero: ({ name }, address) => this.#page(name, address),
        xbzrle: ({ name }, address) => this.#page(name, address),
        compressed: ({ name }, address) => this.#page(name, address),
        flush: () => this.#flush(),
      },
    });
  }

  /** Takes the next bytes of the main channel. */
  take(chunk: Uint8Array): void {
    this.#guarded(() => {
      this.#reader.append(chunk);
      this.#readItems();
    });
  }

  /** Says that nothing more comes on the main channel: if something is missing, it is a failure. */
  end(): void {
    this.#guarded(() => {
      this.#reader.end();
      this.#readItems();
    });
  }

  /** Takes the next bytes of a multifd channel, whose number tells it from the others. */
  takeMultifd(channel: number, chunk: Uint8Array): void {
    const reader = this.#channels.get(channel) ?? new MultifdReader({ pageSize: this.#pageSize });
    this.#channels.set(channel, reader);
    this.#guarded(() => {
      reader.append(chunk);
      for (let item = reader.next(); item; item = reader.next()) this.#packet(item);
    });
  }

  /** Bytes of guest memory, by the blocks' sizes; 0 before they came. */
  get memory(): number {
    return this.#memory;
  }

  /** How far it is now. */
  snapshot(): ProgressSnapshot {
    const pages = this.#pages.at(-1) ?? 0;
    const round = this.#pages.length;
    const expected = round < 2 ? this.#memory / this.#pageSize : this.#pages.at(-2)!;
    return {
      phase: this.#phase,
      machine: this.#machine,
      bytes: this.#reader.offset,
      memory: this.#memory,
      pageSize: this.#pageSize,
      round,
      pages,
      pagesLeft: Math.max(0, expected - pages),
      items: this.#items,
      pings: this.#pings,
      returnPath: this.#returnPath,
      failure: this.#failure,
    };
  }

  /** What is not understood is nobody's harm here. */
  #guarded(read: () => void): void {
    if (this.#failure) return;
    try {
      read();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#failure = error;
    }
  }

  #block({ name, usedLength }: RamBlockInfo, pageSize: number): void {
    this.#pageSize = pageSize;
    this.#memory += usedLength;
    this.#blocks.set(name, this.#blocks.size);
  }

  #page(name: string, address: number): void {
    this.#count(this.#rounds.of(this.#blocks.get(name)!, address), 1);
  }

  /** Pages of a packet are in order among themselves only; rounds end with the main channel's sync. */
  #packet(item: MultifdItem): void {
    if (item.type !== "pages") return;
    this.#count(this.#syncs, item.normal.length + item.zero.length);
  }

  #flush(): void {
    this.#rounds.flush();
    if (this.#pages[this.#syncs]) this.#syncs += 1;
  }

  #count(round: number, pages: number): void {
    while (this.#pages.length <= round) this.#pages.push(0);
    this.#pages[round]! += pages;
  }

  /** A paused postcopy goes on; how long the block is, the connection before told. */
  #resume(block: string): void {
    this.#phase = "postcopy";
    this.#blocks.set(block, this.#blocks.size);
    this.#rounds.stop();
  }

  #section(type: string): void {
    if (this.#phase === "postcopy") return;
    if (type === "section-part") this.#phase = "precopy";
    if (type === "section-end") this.#phase = "switchover";
    if (type === "section-full") this.#phase = "devices";
  }

  #readItems(): void {
    for (let item = this.#reader.next(); item; item = this.#reader.next()) this.#item(item);
  }

  #item(item: StreamItem): void {
    this.#items += 1;
    if (item.type === "configuration") this.#machine = item.machine;
    if (item.type === "eof" || item.type === "vm-description") this.#phase = "end";
    if (item.type !== "command") return;
    if (item.command.name === "OPEN_RETURN_PATH") this.#returnPath = true;
    if (item.command.name === "PING") this.#pings += 1;
    if (item.command.name === "SWITCHOVER_START") this.#phase = "switchover";
    if (item.command.name === "PACKAGED") this.#phase = "postcopy";
    if (item.command.name === "RECV_BITMAP") this.#resume(item.command.block);
    if (item.command.name === "POSTCOPY_RUN") this.#rounds.stop();
  }
}
