import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { AsyncQueue } from "../../../src/cli/engine/async-queue.js";
import { demoDevices, wearIn } from "../../../src/migration/engine/demo-devices.js";
import { fillMemory } from "../../../src/migration/engine/demo-memory.js";
import { GuestRam, PAGE_SIZE, RamBlock } from "../../../src/migration/engine/guest-ram.js";
import { Machine } from "../../../src/migration/engine/machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import type {
  LoadResult,
  MigrationDestinationOptions,
  MigrationResult,
  MigrationSourceOptions,
} from "../../../src/migration/engine/migration-options.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { StreamReader } from "../../../src/migration/wire/stream-reader.js";
import { seededRandom } from "../../support/random.js";
import type { Fault } from "./faulty-connection.js";
import { type FaultyPair, faultyPair } from "./faulty-pair.js";
import type { As } from "./traced-names.js";

/** Nothing goes wrong. */
export const WELL: Fault = { way: "to destination", at: -1, kind: "cut" };

const KIB = 1024;

/** A guest that stands still, so that its streams differ by what is asked for only. */
export function recoveringGuest(seed?: number): Machine {
  const ram = new GuestRam([new RamBlock("ram", 256 * KIB), new RamBlock("bios", 12 * KIB)]);
  const devices = demoDevices();
  if (seed === undefined)
    return new Machine({ type: "small", ram, devices, runState: "inmigrate" });
  const random = seededRandom(seed);
  fillMemory(ram, random);
  wearIn(devices, random);
  const machine = new Machine({ type: "small", ram, devices });
  machine.setRunState("running");
  return machine;
}

/** What a recovery is made with. */
export interface RecoveringOptions {
  readonly seed?: number;
  readonly preempt?: boolean;
  readonly source?: Partial<MigrationSourceOptions>;
  readonly destination?: Partial<MigrationDestinationOptions>;
}

/** Both ends of a postcopy, whose connections are made, and cut, one after the other. */
export class Recovering {
  readonly machine: Machine;
  readonly arriving = recoveringGuest();
  readonly source: MigrationSource;
  readonly further = new AsyncQueue<Duplex>();
  /** Why the destination paused, each time. */
  readonly pauses: string[] = [];
  readonly pairs: FaultyPair[] = [];
  /** The channels for urgent pages. */
  readonly urgent: FaultyPair[] = [];
  readonly destination: MigrationDestination;
  loaded: Promise<LoadResult> | undefined;
  /** What befalls the next channel for urgent pages. */
  urgentFault: Fault = WELL;

  /** Opens a channel for urgent pages. */
  connect = (): Duplex => {
    const pair = faultyPair(this.urgentFault);
    this.urgentFault = WELL;
    this.urgent.push(pair);
    this.further.push(pair.destination);
    return pair.source;
  };

  constructor(options: RecoveringOptions = {}) {
    this.machine = recoveringGuest(options.seed ?? 1);
    this.source = new MigrationSource({
      machine: this.machine,
      postcopy: true,
      ...(options.preempt && { postcopyPreempt: { connect: () => this.connect() } }),
      ...options.source,
    });
    this.source.startPostcopy();
    this.destination = new MigrationDestination({
      machine: this.arriving,
      channels: this.further,
      onPaused: ({ message }) => this.pauses.push(message),
      ...options.destination,
    });
  }

  /** Pages of the guest's memory. */
  get pages(): number {
    return this.machine.ram.size / PAGE_SIZE;
  }

  /** Waits until the destination has noticed, too. */
  async untilPaused(): Promise<void> {
    while (this.destination.status !== "postcopy-paused") await delay(1);
  }

  /** Begins to migrate, by a connection that a fault befalls; `as` runs the destination. */
  begin(fault: Fault, as: As = (_, part) => part()): Promise<MigrationResult> {
    const pair = this.#pair(fault);
    void as("destination", () => this.load(pair.destination));
    return this.source.migrate(pair.source);
  }

  /** Begins to load; what comes of it is `loaded`. */
  async load(channel: Duplex): Promise<void> {
    this.loaded = this.destination.load(channel);
    await this.loaded.catch(() => {});
  }

  /** Goes on by another connection. */
  resume(fault: Fault = WELL): Promise<MigrationResult> {
    const pair = this.#pair(fault);
    this.further.push(pair.destination);
    return this.source.resume(pair.source);
  }

  #pair(fault: Fault): FaultyPair {
    const pair = faultyPair(fault);
    this.pairs.push(pair);
    return pair;
  }
}

/** Where, in bytes, the guest runs at the destination, and where all is there. */
export async function wayOfPostcopy(): Promise<{ readonly run: number; readonly end: number }> {
  const well = new Recovering();
  await well.begin(WELL);
  const bytes = Buffer.concat(well.pairs[0]!.forward);
  const reader = new StreamReader();
  reader.append(bytes);
  for (let item = reader.next(); item; item = reader.next()) {
    const isRun = item.type === "command" && item.command.name === "POSTCOPY_RUN";
    if (isRun) return { run: item.offset + item.size, end: bytes.length };
  }
  throw new Error("no POSTCOPY_RUN");
}
