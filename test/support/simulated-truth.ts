import { parse } from "../../grammar/parse.js";
import type { ItemAccount, MigrationAccount, PathSegment } from "../../src/analysis/account.js";
import type { AnalysisInput } from "../../src/analysis/analyze.js";
import { DecodeError } from "../../src/bytes/decode-error.js";
import { bytesAsRandomAccess } from "../../src/migration/wire/random-access.js";
import { readStream } from "../../src/migration/wire/read-stream.js";
import type { StreamItem } from "../../src/migration/wire/stream-item.js";
import { buildModel } from "../../src/model/build-model.js";
import { EventTable } from "../../src/model/event-table.js";
import { AnyTraceReader } from "../../src/traces/any-reader.js";
import type { EventRecord } from "../../src/traces/record.js";
import type { Attempt, Emitted, TrueItem } from "./simulated-migration/attempt.js";
import { declarationFile, type Version } from "./simulated-migration/events.js";
import type { Side } from "./simulated-migration/plan.js";
import { type Simulation, streamOf } from "./simulated-migration/simulate.js";
import { clockAt, writeLog, writeSimpletrace } from "./simulated-migration/write-trace.js";

/** How a simulated trace was written: as a log to so many nanoseconds, or a simpletrace (0). */
export type Unit = 0 | 1000 | 1_000_000;

const tables = new Map<Version, EventTable>();

/** The events of a version, as the simulation declares them. */
export function simulatedEvents(version: Version): EventTable {
  const known = tables.get(version);
  if (known) return known;
  const parsed = parse(declarationFile(version), "trace-events");
  const table = new EventTable(buildModel(parsed, { group: "all" }));
  tables.set(version, table);
  return table;
}

/** A side's trace as a file, and read back. */
export function traceOf(
  simulation: Simulation,
  side: Side,
  unit: Unit | "none",
  version?: 2 | 3 | 4,
) {
  const { plan } = simulation;
  const emitted = simulation.emitted[side];
  const text = unit === "none" ? "none" : unit === 1000 ? "microseconds" : "milliseconds";
  const bytes =
    unit === 0
      ? writeSimpletrace(plan, emitted, version)
      : new TextEncoder().encode(writeLog(plan, emitted, text));
  const reader = new AnyTraceReader(simulatedEvents(plan.version));
  reader.append(bytes);
  reader.end();
  const records: EventRecord[] = [];
  const messages: { text: string; offset: number }[] = [];
  for (let record = reader.next(); record; record = reader.next()) {
    if (record.type === "event") records.push(record);
    if (record.type === "text") messages.push({ text: record.text, offset: record.offset });
  }
  return { records, messages };
}

/** The items of an attempt's stream, as far as it goes. */
export async function itemsOf(attempt: Attempt): Promise<StreamItem[]> {
  const items: StreamItem[] = [];
  try {
    for await (const item of readStream(bytesAsRandomAccess(streamOf(attempt)))) items.push(item);
  } catch (error) {
    if (!(error instanceof DecodeError) || !isCut(attempt)) throw error;
  }
  return items;
}

function isCut({ own }: Attempt): boolean {
  return own.fate === "cancelled";
}

/** What `analyze` takes of a simulated migration. */
export async function inputOf(
  simulation: Simulation,
  unit: Unit,
  version?: 2 | 3 | 4,
): Promise<Required<Pick<AnalysisInput, "items" | "source" | "destination">> & AnalysisInput> {
  const source = traceOf(simulation, "source", unit, version);
  const destination = traceOf(simulation, "destination", unit, version);
  return {
    items: await itemsOf(simulation.last),
    ...{ source: source.records, sourceMessages: source.messages },
    ...{ destination: destination.records, destinationMessages: destination.messages },
  };
}

/** What is true of a simulated migration, in the times that its traces show. */
export class Truth {
  readonly simulation: Simulation;
  readonly last: Attempt;
  readonly unit: Unit;
  /** The items that left the source. */
  readonly items: readonly TrueItem[];

  constructor(simulation: Simulation, unit: Unit) {
    this.simulation = simulation;
    this.last = simulation.last;
    this.unit = unit;
    const { flushed } = this.last.channel;
    this.items = this.last.items.filter(({ offset, size }) => size > 0 && offset + size <= flushed);
  }

  get completed(): boolean {
    return this.last.own.fate === "completed";
  }

  /** A time as the trace of its side shows it. */
  time(emitted: Emitted): bigint {
    const time = clockAt(this.simulation.plan, emitted.side, emitted.at);
    return this.unit === 0 ? time : time - (time % BigInt(this.unit));
  }

  span(from: Emitted, to: Emitted): bigint {
    return this.time(to) - this.time(from);
  }

  /** Nanoseconds by which the destination's clock is ahead at a time of the source's. */
  offsetAt(time: bigint): bigint {
    const { plan } = this.simulation;
    const at = Number(time - plan.clock.epoch);
    return clockAt(plan, "destination", at) - clockAt(plan, "source", at);
  }

  /** Nanoseconds that the guest stood still, by the true time. */
  get guest(): bigint | undefined {
    const { stopped, running, resumed, downtimeStart } = this.last.moments;
    if (stopped && running && !this.toFile) return BigInt(running.at - stopped.at);
    if (resumed && downtimeStart) return BigInt(resumed.at - downtimeStart.at);
    return undefined;
  }

  get toFile(): boolean {
    return this.simulation.plan.transport === "file";
  }

  emittedIn(side: Side, name: string): readonly Emitted[] {
    return this.last.emitted[side].filter((emitted) => emitted.name === name);
  }

  /** The index of the first item that is sent while the guest runs at the destination. */
  get postcopyStart(): number {
    const run = this.items.findIndex(({ name }) => name === "POSTCOPY_RUN");
    return run < 0 ? this.items.length : run + 1;
  }
}

/** What an analysis says that is not true, in words. */
export class Comparison {
  readonly wrong: string[] = [];
  readonly #truth: Truth;
  readonly #analysis: MigrationAccount;

  constructor(truth: Truth, analysis: MigrationAccount) {
    this.#truth = truth;
    this.#analysis = analysis;
  }

  #say(what: string, stated: unknown, real: unknown): void {
    this.wrong.push(`${what}: ${show(stated)}, not ${show(real)}`);
  }

  equal(what: string, stated: unknown, real: unknown): void {
    if (show(stated) !== show(real)) this.#say(what, stated, real);
  }

  /** `by`: how much it may differ. */
  near(what: string, stated: bigint | undefined, real: bigint | undefined, by: bigint): void {
    if (stated === undefined && real === undefined) return;
    if (stated === undefined || real === undefined || distance(stated, real) > by) {
      this.#say(what, stated, real);
    }
  }

  /** A length by the destination's clock, which drifts, as seen from the source's. */
  #lengthAtDestination(what: string, stated: bigint | undefined, real: bigint | undefined): void {
    this.near(what, stated, real, real === undefined ? 0n : real / 2500n + 2n);
  }

  // All that is known with both complete traces and the stream.

  everything(): this {
    this.problems();
    this.items();
    this.attempts();
    this.outcome();
    this.clocks();
    this.rounds();
    this.downtime();
    this.devices();
    this.postcopy();
    this.phases();
    this.path();
    this.tracing();
    return this;
  }

  problems(): void {
    const { simulation, completed, last } = this.#truth;
    // The source of a failed migration that nobody tells it of believes that it completed.
    const unaware = !completed && last.own.fate === "failed" && !simulation.plan.returnPath;
    const stated = this.#analysis.problems.map((problem) =>
      /the destination failed to load it/.test(problem) ? "contradiction" : problem,
    );
    this.equal("problems", stated, unaware ? ["contradiction"] : []);
    this.equal(
      "warnings of passes",
      this.#analysis.warnings.filter((warning) => /rounds are unknown/.test(warning)),
      [],
    );
  }

  items(): void {
    const { items, last } = this.#truth;
    const { items: stated, machine, streamSize } = this.#analysis;
    this.equal("machine", machine, this.#truth.simulation.plan.machine);
    this.equal(
      "labels",
      stated.map(({ label }) => label),
      items.map(({ label }) => label),
    );
    this.equal(
      "places",
      stated.map(({ item }) => `${item.offset} ${item.size} ${item.depth}`),
      items.map(({ offset, size, depth }) => `${offset} ${size} ${depth}`),
    );
    this.equal(
      "stream",
      streamSize,
      items.reduce((end, { offset, size }) => Math.max(end, offset + size), 0),
    );
    if (stated.length !== items.length) return;
    for (const [index, item] of items.entries()) {
      this.#pairing(index, item, "source", stated[index]!);
      this.#pairing(index, item, "destination", stated[index]!);
    }
    if (last.own.fate === "cancelled") return;
    for (const side of ["source", "destination"] as const) {
      const expected = items.filter((item) => item[side] || item.type === "section-start").length;
      const paired = stated.filter(({ [side]: { status } }) => status === "paired").length;
      const { [side]: summary } = this.#analysis;
      this.equal(
        `${side} strays`,
        summary!.strays.map(({ key }) => key),
        [],
      );
      if (last.own.fate === "completed") {
        this.equal(
          `${side} paired`,
          [summary!.paired, summary!.expected, paired],
          [expected, expected, expected],
        );
      }
    }
  }

  /** Of a trace that lacks nothing, each item's times are those of its own first and last event. */
  #pairing(index: number, item: TrueItem, side: Side, account: ItemAccount): void {
    const { [side]: stated } = account;
    const real = item[side];
    const name = `${index} ${item.label} at the ${side}`;
    if (!real) {
      if (stated.status === "paired" && !this.#isStopped(item, side))
        this.#say(name, stated, undefined);
      return;
    }
    if (stated.status !== "paired") {
      // What the destination was busy with when its connection was closed.
      if (this.#isStopped(item, side)) return;
      this.#say(name, stated.status, "paired");
      return;
    }
    const [start, end] = real.map((emitted) => this.#truth.time(emitted)) as [bigint, bigint];
    if (item.name === "PACKAGED" && side === "destination") return;
    if (this.#isStopped(item, side)) return;
    if (stated.interval !== undefined) {
      const isAmbiguous = side === "destination" && this.#isBeside(item);
      if (!isAmbiguous) this.#say(name, stated.interval, "complete");
      return;
    }
    if (side === "source") this.equal(name, [stated.start, stated.end], [start, end]);
    else this.#lengthAtDestination(name, stated.end - stated.start, end - start);
  }

  /** Two threads of the destination are at commands at once, and its trace does not tell them apart. */
  #isBeside(item: TrueItem): boolean {
    if (item.type !== "command" || !item.destination) return false;
    const [start, end] = item.destination;
    return this.#truth.items.some(({ name, type, destination }) => {
      if (type !== "command" || name === "PACKAGED" || !destination) return false;
      const [first, last] = destination;
      return first.thread !== start.thread && first.at <= end.at && start.at <= last.at;
    });
  }

  #isStopped(item: TrueItem, side: Side): boolean {
    const { last, items } = this.#truth;
    if (side === "source") return false;
    if (last.own.fate === "failed") return item === last.refusedItem;
    return last.own.fate === "cancelled" && items.indexOf(item) >= items.length - 2;
  }

  attempts(): void {
    const { attempts } = this.#truth.simulation;
    const { attempt, attempts: stated } = this.#analysis;
    if (attempts.length === 1) {
      this.equal("attempts", [attempt, stated], [undefined, []]);
      return;
    }
    this.equal("attempt", attempt, { number: attempts.length, of: attempts.length });
    for (const [index, { emitted }] of attempts.entries()) {
      const states = emitted.source.filter(({ name }) => name === "migrate_set_state");
      const counts = emitted.source.filter(({ name }) => name === "migration_transferred_bytes");
      const { state, start, end, bytes } = stated[index]!;
      this.equal(
        `attempt ${index + 1}`,
        [state, bytes, start, end],
        [
          states.at(-1)!.values[0],
          counts.at(-1)!.values[0],
          this.#truth.time(states[0]!),
          this.#truth.time(states.at(-1)!),
        ],
      );
    }
  }

  outcome(): void {
    const { last, items } = this.#truth;
    const { outcome } = this.#analysis;
    this.equal("outcome", outcome.state, last.own.fate);
    const { refusedItem } = last;
    if (last.own.fate !== "failed" || !refusedItem) {
      this.equal("failure", outcome.failure, undefined);
      return;
    }
    const { side, item, device, instance } = outcome.failure ?? {};
    this.equal("failure", [side, item], ["destination", items.indexOf(refusedItem)]);
    // A simpletrace has no lines of stderr.
    if (this.#truth.unit === 0) return;
    this.equal(
      "error",
      [outcome.error, device, instance],
      [last.error, refusedItem.idstr, refusedItem.instance],
    );
  }

  clocks(): void {
    const { clocks } = this.#analysis;
    const { plan } = this.#truth.simulation;
    if (!clocks) {
      this.#say("clocks", clocks, "related");
      return;
    }
    const real = this.#truth.offsetAt(clocks.reference);
    const unit = BigInt(this.#truth.unit);
    const { lower, upper, verdict } = clocks;
    if (verdict === "broken") this.#say("clocks", verdict, "two");
    if (lower !== undefined && lower > real + unit) this.#say("least offset", lower, real);
    if (upper !== undefined && upper < real - unit) this.#say("largest offset", upper, real);
    if (verdict === "given") return;
    const answered = this.#truth.emittedIn("source", "source_return_path_thread_pong").length > 0;
    this.equal("bounds", [lower !== undefined, upper !== undefined], [answered, true]);
    this.equal("known", verdict === "unknown", !answered);
    const isOne = lower !== undefined && upper !== undefined && lower <= 0n && upper >= 0n;
    if (!isOne && verdict === "one") this.#say("verdict", verdict, "two");
    if (plan.clock.offset === 0 && verdict === "two") this.#say("verdict", verdict, "one");
  }

  /** Whether a sync ended so near a second after another that QEMU may have started its count again. */
  #countMayRestart(): boolean {
    const { syncs } = this.#truth.last;
    const times = [syncs[0]?.start.at ?? 0, ...syncs.map(({ end }) => end.at)];
    return times.some((from) => times.some((to) => Math.abs(to - from - 1e9) < 3e6));
  }

  rounds(): void {
    const { rounds, syncs } = this.#analysis;
    const real = trueRounds(this.#truth);
    const isUnknown = this.#countMayRestart();
    this.equal(
      "syncs",
      syncs.map(({ start, end, pending, dirtyPages }, index) => {
        const unknown = isUnknown && dirtyPages === undefined;
        const dirty = unknown ? this.#truth.last.syncs[index]?.newlyDirty : dirtyPages;
        return [start, end, pending, dirty];
      }),
      this.#truth.last.syncs.map((sync) => [
        this.#truth.time(sync.start),
        this.#truth.time(sync.end),
        sync.pending,
        sync.newlyDirty,
      ]),
    );
    // Which sync starts a round is not known then.
    if (isUnknown && syncs.some(({ dirtyPages }) => dirtyPages === undefined)) return;
    this.equal("rounds", rounds.map(roundFigures), real.map(roundFigures));
    for (const { start, end, transferred, bytes, rate, number } of rounds) {
      const seconds = Number(end! - start!) / 1e9;
      const expected =
        seconds > 0 ? Math.round(Math.max(transferred ?? 0, bytes) / seconds) : undefined;
      this.equal(`rate of round ${number}`, rate, expected);
    }
  }

  downtime(): void {
    const truth = this.#truth;
    const { downtime, clocks, begin, end, switchoverStart, resolution } = this.#analysis;
    const { moments, own } = truth.last;
    const unit = BigInt(truth.unit);
    this.equal("stopped", downtime.stopped, moments.stopped && truth.time(moments.stopped));
    this.equal("resumed", downtime.resumed, moments.resumed && truth.time(moments.resumed));
    const reported =
      moments.downtimeStart &&
      moments.downtimeEnd &&
      truth.span(moments.downtimeStart, moments.downtimeEnd);
    this.equal("reported", downtime.reported, reported);
    this.equal(
      "separate load",
      downtime.separateLoad,
      truth.toFile || moments.resumed !== undefined,
    );
    const states = truth.emittedIn("source", "migrate_set_state");
    this.equal("extent", [begin, end], [truth.time(states[0]!), truth.time(states.at(-1)!)]);
    this.equal("resolution", resolution, truth.unit === 1_000_000 ? unit : 0n);
    const command = truth.items.find(({ name }) => name === "SWITCHOVER_START");
    this.equal(
      "switchover start",
      [switchoverStart?.offset, switchoverStart?.sent],
      [command?.offset, command && truth.time(command.source![0])],
    );

    const { guest, guestBounds } = downtime;
    const real = truth.guest;
    const known = clocks?.verdict !== "unknown" && clocks?.verdict !== "broken";
    if (real === undefined) {
      this.equal("downtime", guest, undefined);
      return;
    }
    this.#placed("running", downtime.running, moments.running);
    for (const [index, item] of truth.items.entries()) {
      const { destination } = this.#analysis.items[index]!;
      if (destination.status !== "paired" || destination.interval || !item.destination) continue;
      if (item.name === "PACKAGED") continue;
      this.#placed(`${item.label} on the source's clock`, destination.start, item.destination[0]);
    }
    this.equal("downtime is known", guest !== undefined, known || moments.resumed !== undefined);
    // Two stamps are cut off, and those of the bounds.
    const slack = unit === 1_000_000n ? 0n : 2n * unit;
    const { lower, upper } = guestBounds;
    if (lower === undefined || lower > real + slack) this.#say("least downtime", lower, real);
    if (upper === undefined ? known : upper < real - slack)
      this.#say("largest downtime", upper, real);
    if (guest !== undefined && lower !== undefined && upper !== undefined) {
      if (guest < lower || guest > upper)
        this.#say("downtime", guest, `within ${lower} and ${upper}`);
    }
    if (clocks?.verdict === "given") {
      this.equal(
        "bounds of a given clock",
        [lower, upper],
        moments.resumed ? [lower, upper] : [guest! - resolution, guest! + resolution],
      );
    }
    if (own.fate !== "completed") return;
    const [stopped, running] = [moments.stopped!, moments.running!];
    const sent = truth.items.slice(0, truth.postcopyStart).flatMap(({ source }) => source ?? []);
    const lastSave = sent
      .filter(({ at }) => at >= stopped.at)
      .reduce((most, one) => (one.at > most.at ? one : most));
    this.near("downtime at the source", downtime.source, truth.span(stopped, lastSave), 0n);
    if (truth.toFile) return;
    const first = truth.items.find(({ source }) => source && source[0].at >= stopped.at)!;
    this.#lengthAtDestination(
      "downtime at the destination",
      downtime.destination,
      truth.span(first.destination![0], running),
    );
  }

  /** A time of the destination on the source's clock: as well as the clocks are known, and may drift. */
  #placed(what: string, stated: bigint | undefined, real: Emitted | undefined): void {
    const { clocks } = this.#analysis;
    if (!clocks || stated === undefined || real === undefined) return;
    const { lower, upper, reference, verdict } = clocks;
    if (lower === undefined || upper === undefined || verdict === "broken") return;
    const truth = this.#truth;
    const at = truth.simulation.plan.clock.epoch + BigInt(real.at);
    const drifts = (distance(at, reference) * 400n) / 1_000_000n;
    this.near(what, stated, at, upper - lower + drifts + 2n * BigInt(truth.unit) + 2n);
  }

  devices(): void {
    const truth = this.#truth;
    if (truth.last.own.fate === "cancelled") return;
    const start = truth.postcopyStart;
    const names = new Map<string, TrueItem[]>();
    for (const [index, item] of truth.items.entries()) {
      const isDevice = item.type === "section-full" || item.type === "section-end";
      if (!isDevice && !(index >= start && item.type === "section-part")) continue;
      const name = item.instance ? `${item.idstr}#${item.instance}` : item.idstr!;
      names.set(name, [...(names.get(name) ?? []), item]);
    }
    const { devices } = this.#analysis;
    this.equal(
      "devices",
      devices.map(({ name }) => name),
      [...names.keys()],
    );
    if (truth.last.own.fate !== "completed") return;
    for (const { name, offset, bytes, save, load, saveIsBound, loadIsBound, postcopy } of devices) {
      const own = names.get(name) ?? [];
      const late = own.filter((item) => truth.items.indexOf(item) >= start);
      const inTime = own.filter((item) => !late.includes(item));
      this.equal(
        `bytes of ${name}`,
        [offset, bytes],
        [own[0]?.offset, sum(inTime, ({ size }) => size)],
      );
      this.equal(`bounds of ${name}`, [saveIsBound, loadIsBound], [false, false]);
      this.near(`save of ${name}`, save, this.#total(inTime, "source"), 0n);
      this.#lengthAtDestination(`load of ${name}`, load, this.#total(inTime, "destination"));
      this.equal(
        `late bytes of ${name}`,
        postcopy?.bytes,
        late.length > 0 ? sum(late, ({ size }) => size) : undefined,
      );
      if (!postcopy) continue;
      this.near(`late save of ${name}`, postcopy.save, this.#total(late, "source"), 0n);
      this.#lengthAtDestination(
        `late load of ${name}`,
        postcopy.load,
        this.#total(late, "destination"),
      );
    }
  }

  #total(items: readonly TrueItem[], side: Side): bigint {
    return items.reduce((all, item) => all + this.#truth.span(...item[side]!), 0n);
  }

  postcopy(): void {
    const truth = this.#truth;
    const { postcopy } = this.#analysis;
    this.equal("has postcopy", postcopy !== undefined, truth.simulation.plan.postcopy);
    if (!postcopy) return;
    const late = truth.items
      .slice(truth.postcopyStart)
      .filter(({ type }) => /section-(part|end)/.test(type));
    this.equal(
      "sent in postcopy",
      [postcopy.sections, postcopy.bytes, postcopy.pages, postcopy.zeroPages],
      [
        late.length,
        ...(["size", "pages", "zeroPages"] as const).map((key) => sum(late, (item) => item[key])),
      ],
    );
    const { faults } = truth.last;
    this.equal(
      "faults",
      postcopy.requests.map(
        ({ block, offset, thread, kind }) => `${block} ${offset} ${thread} ${kind}`,
      ),
      faults.map(({ page, thread, kind }) => `${page.block} ${page.offset} ${thread} ${kind}`),
    );
    if (postcopy.requests.length !== faults.length) return;
    const { clocks } = this.#analysis;
    const room = clocks?.verdict === "given" ? BigInt(truth.unit) : undefined;
    for (const [index, stated] of postcopy.requests.entries()) {
      const fault = faults[index]!;
      const name = `fault ${index}`;
      this.equal(
        name,
        [stated.received, stated.served],
        [fault.received && truth.time(fault.received), fault.served && truth.time(fault.served)],
      );
      const waited =
        stated.faulted === undefined || stated.arrived === undefined
          ? undefined
          : stated.arrived - stated.faulted;
      this.#lengthAtDestination(
        `${name} waited`,
        waited,
        fault.arrived && truth.span(fault.faulted, fault.arrived),
      );
      if (room !== undefined)
        this.near(
          `${name} at`,
          stated.faulted,
          truth.simulation.plan.clock.epoch + BigInt(fault.faulted.at),
          room + 1000n,
        );
    }
    const waits = faults.flatMap(({ faulted, arrived, thread }) =>
      arrived ? [{ thread, from: truth.time(faulted), to: truth.time(arrived) }] : [],
    );
    this.#lengthAtDestination(
      "blocked",
      postcopy.blocked,
      waits.length > 0 ? union(waits) : undefined,
    );
    const threads = [...new Set(faults.map(({ thread }) => thread))];
    this.equal("threads", postcopy.threads.map(({ thread }) => thread).sort(), threads.sort());
    for (const { thread, faults: count, blocked } of postcopy.threads) {
      this.equal(
        `faults of ${thread}`,
        count,
        faults.filter((fault) => fault.thread === thread).length,
      );
      this.#lengthAtDestination(
        `blocked ${thread}`,
        blocked,
        union(waits.filter((wait) => wait.thread === thread)),
      );
    }
  }

  phases(): void {
    const truth = this.#truth;
    const states = truth.emittedIn("source", "migrate_set_state");
    const { phases } = this.#analysis;
    const changes = states
      .slice(0, -1)
      .map((state, index) => [state.values[0], truth.time(state), truth.time(states[index + 1]!)]);
    const stated: [string, bigint, bigint][] = [];
    for (const { state, start, end } of phases) {
      const before = stated.at(-1);
      if (before?.[0] === state) {
        if (start < before[2]) this.#say(`phase ${state}`, start, before[2]);
        before[2] = end;
      } else stated.push([state, start, end]);
    }
    this.equal(
      "states",
      stated.map(([state]) => state),
      changes.map(([state]) => state),
    );
    for (const [index, [state, , end]] of stated.entries())
      this.equal(`end of ${state}`, end, changes[index]?.[2]);
    const numbers = phases.flatMap(({ name }) => /^round (\d+)$/.exec(name)?.[1] ?? []);
    this.equal(
      "phases of rounds",
      numbers,
      this.#analysis.rounds.map(({ number }) => String(number)),
    );
  }

  /** The path adds up to the downtime, and says of each part what the side was at. */
  path(): void {
    const truth = this.#truth;
    const { downtime, clocks } = this.#analysis;
    const { path, guest, stopped, running, resumed } = downtime;
    const { moments } = truth.last;
    if (guest === undefined && !truth.toFile) {
      this.equal("path", path, []);
      return;
    }
    const [first, last] = [path[0], path.at(-1)];
    if (!first || !last) {
      this.#say("path", path, "segments");
      return;
    }
    for (const [index, segment] of path.slice(1).entries())
      this.equal("path's gap", segment.start, path[index]!.end);
    for (const { start, end } of path)
      if (end <= start) this.#say("segment", [start, end], "in order");
    const end = resumed ?? (truth.toFile ? truth.time(moments.downtimeEnd!) : running!);
    this.equal(
      "path",
      [first.start, last.end],
      [resumed === undefined ? stopped : resumed - guest!, end],
    );
    const crossing = path.filter(({ bounds }) => bounds);
    if (resumed === undefined && crossing.length > 1)
      this.#say("segments with bounds", crossing.length, 1);
    if (clocks?.verdict !== "given") return;
    if (resumed === undefined) this.equal("segments with bounds", crossing.length, 0);
    for (const segment of path) this.#segment(segment);
  }

  /** With a clock that is known: an item's segment lies in what its side traced of it. */
  #segment(segment: PathSegment): void {
    const truth = this.#truth;
    const { kind, what, side, start, end } = segment;
    const name = `${side} ${kind} ${what}`;
    if (kind === "unexplained" && what === "no event tells")
      this.#say("segment", name, "explained");
    if (kind !== "save" && kind !== "load") return;
    // The analysis does not know where the load of a package ends, nor which of two commands did.
    const label = what.replace(/^((?:PACKAGED|PING).*) \(its end is not traced\)$/, "$1");
    const own = truth.items.filter((item) => item.label === label);
    const { epoch } = truth.simulation.plan.clock;
    // What is shorter counts to the item after it; stamps are cut off.
    const before = 100_000n + 2n * BigInt(truth.unit);
    const fits = own.some((item) => {
      const traced = kind === "save" ? item.source : item.destination;
      if (!traced) return false;
      const [from, to] = traced.map(({ at }) => epoch + BigInt(at)) as [bigint, bigint];
      // A load may start when its data was sent.
      return start >= from - before && end <= to + before;
    });
    if (!fits)
      this.#say(
        name,
        [start, end],
        own.map(({ source, destination }) => [source?.[0].at, destination?.[0].at]),
      );
  }

  tracing(): void {
    const truth = this.#truth;
    const { tracing, downtime } = this.#analysis;
    const { cost } = truth.simulation.plan;
    for (const side of ["source", "destination"] as const) {
      const perRecord = tracing?.perRecord[side];
      const count = truth.simulation.emitted[side].length;
      if (count < 40 || truth.unit > 1000) continue;
      if (perRecord === undefined)
        this.#say(`cost of a record at the ${side}`, perRecord, cost[side]);
      // A gap is at least what a record costs, in a histogram whose buckets are 4 % wide.
      else if (perRecord < cost[side] * 0.95 - truth.unit)
        this.#say(`cost of a record at the ${side}`, perRecord, cost[side]);
    }
    if (
      downtime.path.length === 0 ||
      this.#analysis.clocks?.verdict !== "given" ||
      truth.toFile ||
      downtime.resumed !== undefined
    )
      return;
    const { stopped, running } = truth.last.moments;
    const records = (["source", "destination"] as const).map((side) => {
      const all = truth.simulation.emitted[side].filter(({ name }) => name !== "");
      return all.filter(({ at }) => at > stopped!.at && at <= running!.at).length;
    });
    const stated = tracing?.downtime?.records ?? -1;
    const real = records[0]! + records[1]!;
    // Stamps that are cut off, and the time between two records.
    if (Math.abs(stated - real) > (truth.unit === 0 ? 2 : 8))
      this.#say("records in the downtime", stated, real);
  }

  /**
   * What may be said where events, timestamps or inputs are missing: nothing that is not true. What is
   * unknown may be left out, and a bound must hold.
   */
  nothingWrong(): this {
    const truth = this.#truth;
    const { downtime, outcome, begin, end, devices, items, clocks } = this.#analysis;
    const { moments, own } = truth.last;
    const unit = BigInt(truth.unit);
    const slack = unit === 1_000_000n ? 0n : 2n * unit;
    const said = (
      what: string,
      stated: bigint | undefined,
      real: bigint | undefined,
      by: bigint,
    ) => {
      if (stated !== undefined) this.near(what, stated, real, by);
    };
    const foreign = this.#analysis.problems.filter((problem) => FOREIGN.test(problem));
    this.equal("problems", foreign, []);
    if (clocks) {
      const real = truth.offsetAt(clocks.reference);
      const { lower, upper } = clocks;
      if (lower !== undefined && lower > real + unit) this.#say("least offset", lower, real);
      if (upper !== undefined && upper < real - unit) this.#say("largest offset", upper, real);
    }
    const { guest, guestBounds } = downtime;
    const real = truth.guest;
    const { lower, upper } = guestBounds;
    if (real !== undefined) {
      if (lower !== undefined && lower > real + slack) this.#say("least downtime", lower, real);
      // Of a guest that ran on, QEMU's start of the downtime may be missing.
      const { resumed, stopped } = moments;
      const most = resumed && stopped ? BigInt(resumed.at - stopped.at) : real;
      if (upper !== undefined && upper < most - slack) this.#say("largest downtime", upper, most);
    } else if (guest !== undefined && own.fate !== "failed") this.#say("downtime", guest, real);
    if (guest !== undefined && lower !== undefined && upper !== undefined) {
      if (guest < lower || guest > upper)
        this.#say("downtime", guest, `within ${lower} and ${upper}`);
    }
    const { downtimeStart, downtimeEnd, stopped, running } = moments;
    said(
      "reported",
      downtime.reported,
      downtimeStart && downtimeEnd && truth.span(downtimeStart, downtimeEnd),
      unit,
    );
    if (own.fate === "completed") {
      const sent = truth.items.slice(0, truth.postcopyStart).flatMap(({ source }) => source ?? []);
      const lastSave = sent.reduce((most, one) => (one.at > most.at ? one : most));
      said("downtime at the source", downtime.source, truth.span(stopped!, lastSave), unit);
      const first = truth.items.find(({ source }) => source && source[0].at >= stopped!.at);
      const loading = truth.span(first!.destination![0], running!);
      const hasSource = this.#analysis.source !== undefined;
      if (hasSource)
        said(
          "downtime at the destination",
          downtime.destination,
          loading,
          unit + loading / 2500n + 2n,
        );
    }
    // One side alone may not know of the other's end.
    const both = this.#analysis.source && this.#analysis.destination;
    if (both && outcome.state !== undefined && ENDED.has(outcome.state))
      this.equal("outcome", outcome.state, own.fate);
    const states = truth.emittedIn("source", "migrate_set_state");
    if (this.#analysis.source) {
      said("start", begin, truth.time(states[0]!), unit);
      if (this.#analysis.attempt === undefined && end !== undefined && begin !== undefined) {
        said("end", end, truth.time(states.at(-1)!), unit);
      }
    }
    if (own.fate === "completed") this.#devicesWithin(devices);
    const streamed = this.#analysis.streamSize !== undefined;
    if (streamed) {
      this.equal(
        "labels",
        items.map(({ label }) => label),
        truth.items.map(({ label }) => label),
      );
      for (const [index, item] of truth.items.entries()) {
        for (const side of ["source", "destination"] as const)
          this.#pairingWithin(item, side, items[index]!);
      }
    }
    for (const { number, pending, syncs } of this.#analysis.rounds) {
      if (syncs < 1) this.#say(`syncs of round ${number}`, syncs, "at least 1");
      if (pending !== undefined && pending % 4096 !== 0)
        this.#say(`pending of round ${number}`, pending, "pages");
    }
    return this;
  }

  /** Of traces without timestamps: what matches is known, and when it was is not. */
  untimed(): this {
    const { items, rounds, syncs, downtime, devices, source, begin, problems } = this.#analysis;
    const truth = this.#truth;
    this.equal(
      "problems",
      problems.filter((problem) => FOREIGN.test(problem)),
      [],
    );
    const times = items.filter(
      ({ source, destination }) => source.status === "paired" || destination.status === "paired",
    );
    this.equal(
      "times",
      [times.length, begin, downtime.guest, downtime.reported, downtime.path],
      [0, undefined, undefined, undefined, []],
    );
    this.equal(
      "times of devices",
      devices.filter(({ saveIsBound, loadIsBound }) => saveIsBound || loadIsBound),
      [],
    );
    this.equal(
      "times of rounds",
      rounds.filter(({ start, end, rate }) => start ?? end ?? rate),
      [],
    );
    this.equal(
      "syncs",
      syncs.map(({ pending }) => pending),
      truth.last.syncs.map(({ pending }) => pending),
    );
    if (!truth.completed) return this;
    this.equal("paired", [source?.paired, source?.strays.length], [source?.expected, 0]);
    this.equal(
      "rounds",
      rounds.map(({ number, syncs, pending, sections, bytes, pages }) => [
        number,
        syncs,
        pending,
        sections,
        bytes,
        pages,
      ]),
      trueRounds(truth).map(({ number, syncs, pending, sections, bytes, pages }) => [
        number,
        syncs,
        pending,
        sections,
        bytes,
        pages,
      ]),
    );
    return this;
  }

  #devicesWithin(devices: MigrationAccount["devices"]): void {
    const truth = this.#truth;
    for (const { name, save, load, saveIsBound, loadIsBound } of devices) {
      const own = truth.items.slice(0, truth.postcopyStart).filter(({ type, idstr, instance }) => {
        const own = instance ? `${idstr}#${instance}` : idstr;
        return own === name && (type === "section-full" || type === "section-end");
      });
      if (own.length === 0) continue;
      for (const [what, side, stated, isBound] of [
        ["save", "source", save, saveIsBound],
        ["load", "destination", load, loadIsBound],
      ] as const) {
        if (stated === undefined) continue;
        const real = this.#total(own, side);
        // QEMU's own figures are of a little more, or less, in whole microseconds.
        const device = truth.simulation.plan.devices.find(
          ({ idstr, instance }) => own[0]!.idstr === idstr && own[0]!.instance === instance,
        );
        const between = 20_000n + BigInt(device?.pause ?? 0);
        const by = between + real / 2500n + 2n * BigInt(truth.unit);
        if (isBound ? stated < real - by : distance(stated, real) > by)
          this.#say(`${what} of ${name}`, [stated, isBound], real);
      }
    }
  }

  #pairingWithin(item: TrueItem, side: Side, account: ItemAccount): void {
    const { [side]: stated } = account;
    const real = item[side];
    if (stated.status !== "paired" || !real || item.name === "PACKAGED") return;
    if (side === "destination" && this.#isBeside(item)) return;
    const [start, end] = real.map((emitted) => this.#truth.time(emitted)) as [bigint, bigint];
    const name = `${item.label} at the ${side}`;
    const length = stated.end - stated.start;
    const by = BigInt(this.#truth.unit) + (end - start) / 2500n + 2n;
    if (stated.interval === "bound" ? length < end - start - by : length > end - start + by) {
      this.#say(name, [stated.interval, length], end - start);
    }
    if (
      side === "source" &&
      (stated.end < start || (stated.start > end && stated.interval !== "bound"))
    ) {
      this.#say(name, [stated.start, stated.end], [start, end]);
    }
  }
}

/** What says that the inputs do not belong together. */
const FOREIGN = /not of one migration|clocks contradict|ran at the destination before it stopped/;
const ENDED: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

interface RoundFigures {
  readonly number: number;
  readonly start: bigint | undefined;
  readonly end: bigint | undefined;
  readonly syncs: number;
  readonly complete: boolean | undefined;
  readonly pending: number | undefined;
  readonly dirtyPages: number | undefined;
  readonly transferred: number | undefined;
  readonly converging: boolean | undefined;
  readonly sections: number;
  readonly bytes: number;
  readonly pages: number | undefined;
  readonly zeroPages: number | undefined;
}

function roundFigures(round: RoundFigures): readonly unknown[] {
  const { number, start, end, syncs, complete, pending, dirtyPages, transferred, converging } =
    round;
  const { sections, bytes, pages, zeroPages } = round;
  return [
    number,
    start,
    end,
    syncs,
    complete,
    pending,
    dirtyPages,
    transferred,
    converging,
    sections,
    bytes,
    pages,
    zeroPages,
  ];
}

/**
 * The passes through memory: one starts with a sync after which less than half of what is to be sent had
 * been dirty before.
 */
export function trueRounds(truth: Truth): RoundFigures[] {
  const { last } = truth;
  const stop = last.moments.downtimeStart?.at ?? Number.POSITIVE_INFINITY;
  const parts = truth.items.filter(
    ({ type, source }) => type === "section-part" && source && source[0].at < stop,
  );
  const passes: (typeof last.syncs)[number][][] = [];
  for (const sync of last.syncs) {
    const { pending, left } = sync;
    const same = pending !== undefined && left * 4096 * 2 > pending;
    if (same && passes.length > 0) passes.at(-1)!.push(sync);
    else passes.push([sync]);
  }
  const rounds: RoundFigures[] = [];
  for (const [index, syncs] of passes.entries()) {
    const first = syncs[0]!;
    const next = passes[index + 1]?.[0];
    const before = next?.start.at ?? Number.POSITIVE_INFINITY;
    // Without the empty one by which QEMU switches to postcopy.
    const own = parts
      .filter(({ pages, zeroPages }) => pages + zeroPages > 0)
      .filter(({ source }) => source![0].at >= first.end.at && source![0].at < before);
    const [pages, zeroPages] = (["pages", "zeroPages"] as const).map((key) =>
      sum(own, (item) => item[key]),
    );
    if (pages === 0 && zeroPages === 0) continue;
    const lastSent = own.at(-1)!.source![1];
    const within = syncs.find(({ start }) => start.at >= lastSent.at);
    const until = within ?? next;
    const ends = within?.start ?? next?.start ?? lastSent;
    const gone = until?.sent ?? countAt(truth, truth.time(lastSent));
    const complete = until?.pending === undefined ? undefined : until.left * 2 < first.dirty;
    rounds.push({
      ...{ number: rounds.length + 1, start: truth.time(first.end), end: truth.time(ends) },
      ...{ syncs: syncs.length, complete, pending: first.pending, dirtyPages: first.newlyDirty },
      transferred: gone - countBefore(truth, first.end),
      converging:
        !complete || first.pending === undefined ? undefined : until!.pending! < first.pending,
      ...{ sections: own.length, bytes: sum(own, ({ size }) => size), pages, zeroPages },
    });
  }
  return rounds;
}

/** What the source had counted by a time that its trace shows. */
function countAt(truth: Truth, time: bigint): number {
  const counts = truth.emittedIn("source", "migration_transferred_bytes");
  return Number(counts.filter((count) => truth.time(count) <= time).at(-1)?.values[0] ?? 0);
}

/** What the source had counted before an event. */
function countBefore(truth: Truth, { at }: Emitted): number {
  const counts = truth.emittedIn("source", "migration_transferred_bytes");
  return Number(counts.filter((count) => count.at <= at).at(-1)?.values[0] ?? 0);
}

function union(waits: readonly { from: bigint; to: bigint }[]): bigint {
  const sorted = [...waits].sort((a, b) => Number(a.from - b.from));
  let [all, until] = [0n, 0n];
  for (const { from, to } of sorted) {
    const start = from > until ? from : until;
    if (to > start) all += to - start;
    if (to > until) until = to;
  }
  return all;
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((all, value) => all + of(value), 0);
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}

function show(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner) =>
      typeof inner === "bigint" ? `${inner}` : inner === undefined ? "unknown" : inner,
    ) ?? "unknown"
  );
}
