import type { RamSink } from "../wire/ram-sink.js";
import { type SectionState, StateCollector } from "../wire/state-collector.js";
import type { Configuration, SectionHead, SectionItem } from "../wire/stream-item.js";
import { teeRamSink } from "../wire/tee-ram-sink.js";
import type { VmDescription } from "../wire/vm-description.js";
import type { IncomingGuest } from "./incoming-guest.js";
import { MigrationError } from "./migration-error.js";
import type { PageCounts } from "./ram-source.js";

/** Bytes of device state that are kept; what comes beyond is loaded, but not kept. */
const MAX_STATE = 256 * 1024 * 1024;

/** What is to become of a guest of which nothing is known beforehand. */
export interface UnknownMachineOptions {
  /** Takes the memory, such as a `RamImageBuilder`; without, it is counted only. */
  readonly ram?: RamSink;
  /** Awaited before the guest is taken over from the source; what it throws fails the load. */
  readonly takeOver?: () => Promise<void>;
}

/**
 * A machine that takes whatever guest a real QEMU sends: its memory goes to a sink, the state of its
 * devices is kept and, once VMDESCRIPTION has come, decoded by it. In postcopy, where none comes,
 * the footers must do, and the state stays bytes.
 */
export class UnknownMachine implements IncomingGuest {
  readonly pageSize = undefined;
  readonly ram: RamSink & { readonly counts: PageCounts };
  readonly #takeOver: (() => Promise<void>) | undefined;
  readonly #counts = { normal: 0, zero: 0 };
  readonly #collector = new StateCollector();
  readonly #names = new Set<string>();
  #stateBytes = 0;
  #configuration: Configuration | undefined;
  #sections: readonly SectionState[] | undefined;
  #running = false;

  constructor({ ram, takeOver }: UnknownMachineOptions = {}) {
    this.#takeOver = takeOver;
    const counts = this.#counts;
    const count = (kind: "normal" | "zero") => () => {
      counts[kind] += 1;
    };
    const normal = count("normal");
    const counter: RamSink = {
      page: normal,
      zero: count("zero"),
      xbzrle: normal,
      compressed: normal,
    };
    this.ram = Object.assign(teeRamSink(ram ? [ram, counter] : [counter]), { counts });
  }

  /** The machine that the source said it is, once that came. */
  get configuration(): Configuration | undefined {
    return this.#configuration;
  }

  /** Whether the source has handed the guest over, so that it would run here. */
  get running(): boolean {
    return this.#running;
  }

  /** The sections of all devices; decoded if VMDESCRIPTION came. */
  get sections(): readonly SectionState[] {
    return this.#sections ?? this.#collector.sections();
  }

  configure(configuration: Configuration): void {
    this.#configuration = configuration;
  }

  /** What it says may be in doubt, so it is not looked at more closely here. */
  enter({ type, idstr }: SectionHead): string | undefined {
    return type === "section-full" ? idstr : undefined;
  }

  loaded(item: SectionItem): void {
    if (item.type === "section-full") this.#note(item);
    this.#stateBytes += item.data?.length ?? 0;
    if (this.#stateBytes > MAX_STATE) throw new MigrationError("more device state than is kept");
    this.#collector.add(item);
  }

  #note({ idstr, instanceId }: SectionItem): void {
    const name = `"${idstr}" instance ${instanceId}`;
    if (this.#names.has(name)) throw new MigrationError(`section ${name} comes a second time`);
    this.#names.add(name);
  }

  /** Throws `DecodeError` where a device's state is not as it is described. */
  described(description: VmDescription): void {
    this.#sections = this.#collector.sections(description);
  }

  async switchoverStart(): Promise<void> {}

  async start(): Promise<void> {
    await this.#takeOver?.();
    this.#running = true;
  }
}
