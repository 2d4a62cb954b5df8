import {
  command,
  endOfRam,
  footer,
  header,
  integer,
  join,
  named,
  PAGE_SIZE,
  type Page,
  ramPage,
  ramSetup,
  type SectionKind,
  sectionHead,
  text,
  u8,
  u32,
  u64,
} from "./bytes.js";
import { Channel } from "./channel.js";
import type { Value } from "./events.js";
import type { AttemptPlan, DevicePlan, FieldPlan, Plan, Side, VmstatePlan } from "./plan.js";
import { Random } from "./random.js";
import { Schedule, type Thread } from "./schedule.js";

/** An event as a thread wrote it, or a line on stderr (`name` is empty). */
export interface Emitted {
  readonly side: Side;
  readonly thread: string;
  readonly name: string;
  readonly values: readonly Value[];
  /** Nanoseconds of the true time. */
  readonly at: number;
}

/** What a side traced of an item, from the first event that is its own to the last. */
export type Traced = readonly [first: Emitted, last: Emitted];

/** An item of the stream as it was written. */
export interface TrueItem {
  readonly type: string;
  readonly label: string;
  readonly name?: string;
  readonly sectionId?: number;
  readonly idstr?: string;
  readonly instance?: number;
  offset: number;
  size: number;
  /** Where its data ends: before the footer. */
  dataEnd: number;
  readonly depth: number;
  pages: number;
  zeroPages: number;
  source?: Traced;
  destination?: Traced;
}

/** A sync of the dirty bitmap, as the source knows it. */
export interface TrueSync {
  readonly start: Emitted;
  readonly end: Emitted;
  readonly newlyDirty: number;
  /** Pages that had been dirty before and are not sent. */
  readonly left: number;
  /** Pages that are dirty after it. */
  readonly dirty: number;
  /** Bytes to be sent, where an event reports them. */
  pending: number | undefined;
  /** Bytes that had left the source. */
  readonly sent: number;
}

/** A page that the destination's guest touched before it was there. */
export interface TrueFault {
  readonly page: Page;
  readonly thread: number;
  readonly faulted: Emitted;
  kind: "requested" | "joined" | "present";
  received?: Emitted;
  served?: Emitted;
  sentBefore?: boolean;
  arrived?: Emitted;
}

const COMMANDS = {
  OPEN_RETURN_PATH: 1,
  PING: 2,
  POSTCOPY_ADVISE: 3,
  POSTCOPY_LISTEN: 4,
  POSTCOPY_RUN: 5,
  POSTCOPY_RAM_DISCARD: 6,
  PACKAGED: 7,
  SWITCHOVER_START: 11,
} as const;
type CommandName = keyof typeof COMMANDS;

interface Message {
  readonly arrives: number;
  readonly kind: "pong" | "shut" | "request";
  readonly value: number;
  readonly fault?: TrueFault;
}

class ConnectionClosed extends Error {}

/** One attempt to migrate: threads of both sides, each of which writes its events and bytes. */
export class Attempt {
  readonly emitted: Record<Side, Emitted[]> = { source: [], destination: [] };
  readonly items: TrueItem[] = [];
  readonly syncs: TrueSync[] = [];
  readonly faults: TrueFault[] = [];
  readonly channel: Channel;
  readonly schedule = new Schedule();
  /** Text that the destination refused a device with. */
  error: string | undefined;
  refusedItem: TrueItem | undefined;
  /** The moments of the downtime. */
  readonly moments: {
    stopped?: Emitted;
    running?: Emitted;
    resumed?: Emitted;
    downtimeStart?: Emitted;
    downtimeEnd?: Emitted;
  } = {};
  readonly plan: Plan;
  readonly own: AttemptPlan;
  readonly #random: Random;
  readonly #toSource: Message[] = [];
  /** Of a package that is filled: its bytes and items. */
  #package: { parts: Uint8Array[]; size: number; items: TrueItem[] } | undefined;
  #packageFilled = 0;
  #dirty: Page[] = [];
  #periodStart: number | undefined;
  #periodDirty = 0;
  #cancelled = false;
  #failed = false;
  #shut: number | undefined;
  #packageLoaded = false;
  #loads = 0;
  #sourceDone: number | undefined;
  #queue: TrueFault[] = [];
  #requested = new Map<string, TrueFault[]>();
  #placed = new Set<string>();
  #faulting: { page: Page; thread: number; at: number }[] = [];
  #parts = 0;

  constructor(plan: Plan, own: AttemptPlan, start: number, index: number) {
    this.plan = plan;
    this.own = own;
    this.#random = new Random(plan.seed * 31 + index);
    this.schedule.now = start;
    this.channel = new Channel(plan.latency, plan.perByte);
  }

  run(): void {
    this.schedule.start(this.#source());
    if (this.plan.returnPath) this.schedule.start(this.#returnPath());
    this.schedule.start(this.#destination());
    this.schedule.run();
  }

  get #now(): number {
    return this.schedule.now;
  }

  /** By QEMU's own clock, whose milliseconds are not those of the log. */
  get #milliseconds(): number {
    return Math.floor((this.#now + ((this.plan.seed * 137_000) % 1_000_000)) / 1e6);
  }

  #isSince(version: number): boolean {
    return Number(this.plan.version) >= version;
  }

  // What all threads do.

  #note(side: Side, thread: string, name: string, values: readonly Value[]): Emitted {
    const emitted = { side, thread, name, values, at: this.#now };
    this.emitted[side].push(emitted);
    return emitted;
  }

  *#say(side: Side, thread: string, name: string, ...values: readonly Value[]): Thread<Emitted> {
    const emitted = this.#note(side, thread, name, values);
    // Even without a cost, two events of a thread have different times; a log may show equal ones.
    yield 1 + this.plan.cost[side] + (this.#random.chance(0.5) ? this.#random.between(0, 900) : 0);
    return emitted;
  }

  #src(name: string, ...values: readonly Value[]): Thread<Emitted> {
    return this.#say("source", "migration", name, ...values);
  }

  #dst(name: string, ...values: readonly Value[]): Thread<Emitted> {
    return this.#say("destination", "main", name, ...values);
  }

  #stderr(side: Side, line: string): void {
    this.#note(side, "main", "", [line]);
  }

  // The source.

  #put(...parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      if (this.#package) {
        this.#package.parts.push(part);
        this.#package.size += part.length;
      } else this.channel.put(part, this.#now);
    }
  }

  #flush(): void {
    if (this.#package) this.#packageFilled = this.#package.size;
    else this.channel.flush(this.#now);
  }

  get #written(): number {
    return this.#package ? this.#package.size : this.channel.size;
  }

  #open(
    item: Omit<TrueItem, "offset" | "size" | "dataEnd" | "depth" | "pages" | "zeroPages">,
  ): TrueItem {
    const open: TrueItem = {
      ...item,
      ...{ offset: this.#written, size: 0, dataEnd: 0, pages: 0, zeroPages: 0 },
      depth: this.#package ? 1 : 0,
    };
    (this.#package?.items ?? this.items).push(open);
    return open;
  }

  #close(item: TrueItem, dataEnd = this.#written): void {
    item.dataEnd = dataEnd;
    item.size = this.#written - item.offset;
  }

  *#counted(): Thread {
    const sent = this.channel.flushed + this.#packageFilled;
    yield* this.#src("migration_transferred_bytes", sent, 0, 0);
  }

  *#command(name: CommandName, payload: Uint8Array, said?: readonly [string, ...Value[]]): Thread {
    const [event, ...values] = said ?? [];
    const before = event ? yield* this.#src(event, ...values) : undefined;
    const number = COMMANDS[name];
    const after = yield* this.#src("savevm_command_send", number, payload.length);
    const label = name === "PING" ? `PING 0x${payload.at(-1)!.toString(16)}` : name;
    const item = this.#open({ type: "command", label, name });
    item.source = [name === "PING" ? (before ?? after) : after, after];
    this.#put(command(number, payload));
    this.#close(item);
    this.#flush();
  }

  *#source(): Thread {
    const { plan } = this;
    yield* this.#say("source", "main", "migrate_set_state", "setup");
    if (plan.transport === "file")
      yield* this.#say("source", "main", "migration_file_outgoing", "vm.state");
    yield this.#random.spread(1000, 1_000_000);
    yield* this.#counted();
    const headerSent = yield* this.#src("savevm_state_header");
    const configuration = this.#open({ type: "configuration", label: "CONFIGURATION" });
    configuration.source = [headerSent, headerSent];
    yield* this.#traceVmstate("save", CONFIGURATION);
    this.#put(header(plan.machine));
    // The stream's magic and version are before it.
    configuration.offset = 8;
    this.#close(configuration);
    if (plan.returnPath) {
      yield* this.#command("OPEN_RETURN_PATH", new Uint8Array(), ["savevm_send_open_return_path"]);
      yield* this.#ping(1);
    }
    if (plan.postcopy) {
      const advice = join(u64(0x1000), u64(PAGE_SIZE));
      yield* this.#command("POSTCOPY_ADVISE", advice, ["qemu_savevm_send_postcopy_advise"]);
    }
    const setup = yield* this.#src("savevm_state_setup");
    this.#dirty = allPages(plan, this.#random);
    yield* this.#sync(0, 0);
    const start = this.#open({ ...this.#ramSection("section-start", "START") });
    this.#put(this.#ramHead(1), ramSetup(plan.blocks));
    this.#flush();
    const dataEnd = this.#written;
    this.#put(footer(plan.ramSectionId));
    this.#close(start, dataEnd);
    yield* this.#src("migrate_set_state", "active");
    start.source = [setup, yield* this.#src("migration_thread_setup_complete")];

    const switched = yield* this.#iterate();
    if (!switched) return yield* this.#endCancelled();
    yield* this.#stopGuest();
    if (plan.postcopy) return yield* this.#postcopy();
    yield* this.#complete();
  }

  *#ping(value: number): Thread {
    yield* this.#command("PING", u32(value), ["savevm_send_ping", value]);
  }

  #ramSection(type: string, kind: string) {
    const { ramSectionId: sectionId } = this.plan;
    return { type, label: `ram ${kind}`, idstr: "ram", instance: 0, sectionId };
  }

  #ramHead(kind: SectionKind): Uint8Array {
    return sectionHead(kind, this.plan.ramSectionId, { idstr: "ram", instance: 0, version: 4 });
  }

  /** As QEMU counts: pages found dirty since the last full second (QEMU migration/ram.c). */
  *#sync(newlyDirty: number, left: number): Thread<TrueSync> {
    const before = this.#milliseconds;
    this.#periodStart ??= before;
    const start = yield* this.#src("migration_bitmap_sync_start");
    yield this.#random.spread(1000, 3_000_000);
    this.#periodDirty += newlyDirty;
    const end = yield* this.#src("migration_bitmap_sync_end", this.#periodDirty);
    const now = this.#milliseconds;
    if (now > this.#periodStart + 1000) {
      this.#periodStart = now;
      this.#periodDirty = 0;
    }
    const sent = this.channel.flushed;
    const dirty = this.#dirty.length;
    const sync = { start, end, newlyDirty, left, dirty, pending: undefined, sent };
    this.syncs.push(sync);
    return sync;
  }

  /** Passes through memory until little is left; false where it was cancelled. */
  *#iterate(): Thread<boolean> {
    const { own, plan } = this;
    let pass = 0;
    for (;;) {
      yield* this.#counted();
      yield* this.#pending(false, this.#dirty.length);
      if (this.#dirty.length <= own.threshold) {
        const left = this.#dirty.length;
        const newlyDirty = this.#dirtyPages(own.dirty[pass] ?? 0);
        pass += 1;
        const sync = yield* this.#sync(newlyDirty, left);
        sync.pending = this.#dirty.length * PAGE_SIZE;
        yield* this.#pending(true, this.#dirty.length);
        const isOver = plan.postcopy || this.#dirty.length <= own.threshold;
        if (pass >= own.dirty.length && isOver) return own.fate !== "cancelled";
      }
      if (own.fate === "cancelled" && this.#parts >= own.cancelledAfter) return false;
      yield* this.#src("savevm_state_iterate");
      yield* this.#counted();
      yield* this.#ramPart("section-part", plan.perPart);
      yield* this.#counted();
      yield* this.#src("migration_rate_limit_pre", Math.floor(plan.pace / 1e6));
      yield Math.round(plan.pace * (0.5 + this.#random.fraction()));
      yield* this.#src("migration_rate_limit_post", 0);
      yield* this.#counted();
    }
  }

  *#pending(exact: boolean, pages: number): Thread {
    const size = pages * PAGE_SIZE;
    const [pre, post] = this.plan.postcopy ? [0, size] : [size, 0];
    if (this.#isSince(11)) {
      yield* this.#src("qemu_savevm_query_pending", exact ? 1 : 0, 0, pre, 0, post, size, 0, 0);
    } else
      yield* this.#src(
        exact ? "migrate_pending_exact" : "migrate_pending_estimate",
        size,
        pre,
        post,
      );
  }

  /** The guest writes to so many pages that are not dirty; fewer where there are not as many. */
  #dirtyPages(count: number): number {
    const dirty = new Set(this.#dirty.map(keyOf));
    const clean = allPages(this.plan, this.#random).filter((page) => !dirty.has(keyOf(page)));
    const first = this.#random.between(0, Math.max(0, clean.length - count));
    const written = clean.slice(first, first + count).map((page) => ({ ...page, zero: false }));
    this.#dirty.push(...written);
    return written.length;
  }

  *#ramPart(type: "section-part" | "section-end", most: number): Thread<TrueItem> {
    const end = type === "section-end";
    const first = yield* this.#src("savevm_section_start", "ram", this.plan.ramSectionId);
    const item = this.#open(this.#ramSection(type, end ? "END" : "PART"));
    this.#put(this.#ramHead(end ? 3 : 2));
    const complete = end && this.#isSince(10.2);
    if (complete) yield* this.#src("ram_save_complete", this.#dirty.length, 0);
    if (end && !this.#isSince(11) && !this.plan.postcopy) {
      const left = this.#dirty.length;
      yield* this.#sync(this.#dirtyPages(this.own.lastDirty), left);
    }
    const sent: (readonly [Page, number])[] = [];
    this.#sentPages.set(item, sent);
    let block: string | undefined;
    for (let count = 0; count < most; count += 1) {
      const page = (yield* this.#queuedPage()) ?? this.#dirty.shift();
      if (!page) break;
      this.#dirty = this.#dirty.filter((other) => !isSame(other, page));
      this.#put(ramPage(page, page.block === block));
      sent.push([page, this.#written - 1]);
      block = page.block;
      item[page.zero ? "zeroPages" : "pages"] += 1;
      yield this.#random.between(200, 3000);
      if (count % 32 === 31) {
        if (!this.plan.postcopy || this.#random.chance(0.5)) this.#flush();
        yield* this.#counted();
      }
    }
    this.#put(endOfRam);
    this.#flush();
    const dataEnd = this.#written;
    const done = this.#dirty.length === 0;
    if (complete) yield* this.#src("ram_save_complete", 0, 1);
    const last = yield* this.#src(
      "savevm_section_end",
      "ram",
      this.plan.ramSectionId,
      done && !end ? 1 : 0,
    );
    this.#put(footer(this.plan.ramSectionId));
    this.#close(item, dataEnd);
    item.source = [first, last];
    if (!end) this.#parts += 1;
    return item;
  }

  *#stopGuest(): Thread {
    const { plan } = this;
    if (plan.postcopy) {
      yield* this.#ramPart("section-part", 0);
      yield* this.#src("postcopy_start");
      yield* this.#src("postcopy_start_set_run");
    } else yield* this.#src("migration_thread_low_pending", this.#dirty.length * PAGE_SIZE);
    this.moments.downtimeStart = yield* this.#checkpoint("src-downtime-start");
    yield plan.stopping;
    this.moments.stopped = yield* this.#src("vm_state_notify", 0, 7, "finish-migrate");
    yield this.#random.between(1000, 200_000);
    yield* this.#checkpoint("src-vm-stopped");
    yield* this.#src("migration_completion_vm_stop", 0);
    yield* this.#src("migrate_set_state", "device");
    if (this.#isSince(11)) {
      const left = this.#dirty.length;
      const sync = yield* this.#sync(this.#dirtyPages(this.own.lastDirty), left);
      sync.pending = this.#dirty.length * PAGE_SIZE;
      yield* this.#pending(true, this.#dirty.length);
    }
    yield* this.#src("migration_precopy_complete");
    if (plan.switchoverStart) {
      yield* this.#command("SWITCHOVER_START", new Uint8Array(), ["savevm_send_switchover_start"]);
    }
  }

  #checkpoint(name: string): Thread<Emitted> {
    return this.#src("vmstate_downtime_checkpoint", name);
  }

  *#complete(): Thread {
    const { plan } = this;
    const start = Math.floor(this.#now / 1000);
    yield* this.#ramPart("section-end", Number.POSITIVE_INFINITY);
    yield* this.#printed("iterable", "ram", 0, start);
    yield* this.#checkpoint("src-iterable-saved");
    yield* this.#devices();
    const eof = this.#open({ type: "eof", label: "EOF" });
    this.#put(u8(0));
    this.#close(eof);
    const description = text(JSON.stringify(describe(plan)));
    const described = this.#open({ type: "vm-description", label: "VMDESCRIPTION" });
    this.#put(u8(6), u32(description.length), description);
    this.#close(described);
    yield* this.#checkpoint("src-non-iterable-saved");
    this.#flush();
    yield* this.#counted();
    if (plan.returnPath) {
      yield* this.#src("migration_return_path_end_before");
      yield () => this.#shut ?? (this.#failed ? this.#now : undefined);
      yield* this.#src("migration_return_path_end_after");
      if (this.#failed) return yield* this.#endFailed();
    }
    this.moments.downtimeEnd = yield* this.#checkpoint("src-downtime-end");
    yield* this.#src("migrate_set_state", "completed");
    yield* this.#src("migration_thread_after_loop");
    yield* this.#say("source", "main", "savevm_state_cleanup");
    this.#sourceDone = this.#now;
    this.channel.close(this.#now);
  }

  *#printed(type: string, idstr: string, instance: number, start: number): Thread {
    const took = Math.floor(this.#now / 1000) - start;
    yield* this.#src("vmstate_downtime_save", type, idstr, instance, took);
  }

  *#devices(): Thread {
    for (const device of this.plan.devices) {
      const { idstr, instance, sectionId, vmstate } = device;
      const start = Math.floor(this.#now / 1000);
      if (device.skipped) yield* this.#src("savevm_section_skip", idstr, sectionId);
      else {
        const first = yield* this.#src("savevm_section_start", idstr, sectionId);
        const label = `${idstr}${instance === 0 ? "" : `[${instance}]`} FULL`;
        const item = this.#open({ type: "section-full", label, idstr, instance, sectionId });
        const version = vmstate.version;
        this.#put(sectionHead(4, sectionId, { idstr, instance, version }));
        yield* this.#src("vmstate_save", idstr, vmstate.name);
        yield* this.#traceVmstate("save", vmstate);
        yield device.save;
        this.#put(vmstateBytes(vmstate));
        const dataEnd = this.#written;
        this.#put(footer(sectionId));
        this.#close(item, dataEnd);
        item.source = [first, yield* this.#src("savevm_section_end", idstr, sectionId, 0)];
      }
      yield* this.#printed("non-iterable", idstr, instance, start);
    }
  }

  *#traceVmstate(what: "save" | "load", vmstate: VmstatePlan): Thread {
    if (!this.plan.detail) return;
    const { name, version, fields } = vmstate;
    const save = what === "save";
    const say = (event: string, ...values: readonly Value[]) =>
      save ? this.#src(event, ...values) : this.#dst(event, ...values);
    yield* save ? say("vmstate_save_state_top", name) : say("vmstate_load_state", name, version);
    for (const field of fields) {
      const times = field.kind === "bytes" ? 1 : field.count;
      yield* save
        ? say("vmstate_save_state_loop", name, field.name, times)
        : say("vmstate_load_state_field", name, field.name, 1);
      if (field.kind !== "struct") continue;
      for (let index = 0; index < times; index += 1) yield* this.#traceVmstate(what, field.vmstate);
    }
    yield* say(save ? "vmstate_subsection_save_top" : "vmstate_subsection_load", name);
    if (save) return;
    if (this.#isSince(11)) yield* say("vmstate_load_state_success", name);
    else yield* say("vmstate_load_state_end", name, "end", 0);
  }

  *#endCancelled(): Thread {
    this.#cancelled = true;
    yield* this.#say("source", "main", "migrate_set_state", "cancelling");
    this.channel.close(this.#now);
    yield* this.#src("migration_thread_after_loop");
    yield this.#random.spread(1000, 1_000_000);
    yield* this.#say("source", "main", "savevm_state_cleanup");
    yield* this.#say("source", "main", "migrate_set_state", "cancelled");
  }

  *#endFailed(): Thread {
    if (this.#isSince(11)) yield* this.#src("migrate_set_state", "failing");
    else yield* this.#src("migrate_set_state", "failed");
    yield* this.#src("migration_thread_after_loop");
    yield this.#random.spread(1000, 1_000_000);
    this.moments.resumed = yield* this.#say("source", "main", "vm_state_notify", 1, 9, "running");
    yield* this.#say("source", "main", "savevm_state_cleanup");
    if (this.#isSince(11)) yield* this.#say("source", "main", "migrate_set_state", "failed");
    this.#stderr("source", "qemu-system-x86_64: Sibling indicated error 1");
  }

  *#returnPath(): Thread {
    const say = (name: string, ...values: readonly Value[]) =>
      this.#say("source", "return path", name, ...values);
    yield* say("source_return_path_thread_entry");
    let block: string | undefined;
    for (let next = 0; ; next += 1) {
      yield* say("source_return_path_thread_loop_top");
      yield () => this.#toSource[next]?.arrives ?? (this.#cancelled ? this.#now : undefined);
      const message = this.#toSource[next];
      if (!message || this.#cancelled) return;
      if (message.kind === "pong") {
        yield* say("source_return_path_thread_pong", message.value);
        if (message.value === 0x42) {
          yield* say("source_return_path_thread_postcopy_package_loaded");
          this.#packageLoaded = true;
        }
      }
      if (message.kind === "request") {
        const fault = message.fault!;
        const { page } = fault;
        const name = page.block === block ? "(null)" : page.block;
        block = page.block;
        fault.received = yield* say("migrate_handle_rp_req_pages", name, page.offset, PAGE_SIZE);
        this.#queue.push(fault);
      }
      if (message.kind === "shut") {
        yield* say("source_return_path_thread_shut", message.value);
        if (message.value !== 0) {
          yield* say("migrate_error", "Sibling indicated error 1");
          this.#failed = true;
        }
        yield* say("source_return_path_thread_end");
        this.#shut = this.#now;
        return;
      }
    }
  }

  // Postcopy at the source.

  *#postcopy(): Thread {
    const { plan } = this;
    yield* this.#checkpoint("src-iterable-saved");
    yield* this.#sync(0, this.#dirty.length);
    const ranges = this.#dirty.filter(({ block }) => block === "pc.ram");
    const discard = join(
      u8(0),
      named("pc.ram"),
      u8(0),
      ...ranges.slice(0, 12).map(({ offset }) => join(u64(offset), u64(PAGE_SIZE))),
    );
    yield* this.#command("POSTCOPY_RAM_DISCARD", discard, [
      "qemu_savevm_send_postcopy_ram_discard",
      "pc.ram",
      discard.length,
    ]);
    yield* this.#src("ram_postcopy_send_discard_bitmap");
    yield* this.#ping(2);
    this.#package = { parts: [], size: 0, items: [] };
    yield* this.#command("POSTCOPY_LISTEN", new Uint8Array(), ["savevm_send_postcopy_listen"]);
    yield* this.#devices();
    yield* this.#checkpoint("src-non-iterable-saved");
    yield* this.#ping(3);
    yield* this.#ping(0x42);
    yield* this.#command("POSTCOPY_RUN", new Uint8Array(), ["savevm_send_postcopy_run"]);
    const filled = this.#package;
    this.#package = undefined;
    this.#packageFilled = filled.size;
    yield* this.#src("qemu_savevm_send_packaged");
    const sent = yield* this.#src("savevm_command_send", COMMANDS.PACKAGED, 4);
    const packaged = this.#open({ type: "command", label: "PACKAGED", name: "PACKAGED" });
    packaged.source = [sent, sent];
    this.#put(command(COMMANDS.PACKAGED, u32(filled.size)));
    this.#close(packaged);
    const base = this.#written;
    for (const item of filled.items) {
      item.offset += base;
      item.dataEnd += base;
      this.items.push(item);
    }
    this.#put(...filled.parts);
    this.#flush();
    this.moments.downtimeEnd = yield* this.#checkpoint("src-downtime-end");
    yield* this.#ping(4);
    yield* this.#src("migrate_set_state", "postcopy-device");
    let active = false;
    while (this.#dirty.length > 0 || !this.#packageLoaded) {
      if (this.#dirty.length > 0) {
        if (this.#packageLoaded && !active) {
          active = true;
          yield* this.#src("migrate_set_state", "postcopy-active");
        }
        yield* this.#pending(false, this.#dirty.length);
        yield* this.#src("savevm_state_iterate");
        yield* this.#ramPart("section-part", plan.perPart);
        yield* this.#counted();
      }
      yield Math.min(plan.pace, 5_000_000);
    }
    yield* this.#pending(false, 0);
    if (!active) yield* this.#src("migrate_set_state", "postcopy-active");
    yield* this.#src("migration_thread_low_pending", 0);
    yield* this.#src("migration_completion_postcopy_end");
    yield* this.#ramPart("section-end", Number.POSITIVE_INFINITY);
    yield* this.#src("migration_completion_postcopy_end_after_complete");
    const eof = this.#open({ type: "eof", label: "EOF" });
    this.#put(u8(0));
    this.#close(eof);
    this.#flush();
    yield* this.#counted();
    yield* this.#src("migration_return_path_end_before");
    yield () => this.#shut;
    yield* this.#src("migration_return_path_end_after");
    yield* this.#src("migrate_set_state", "completed");
    yield* this.#src("migration_thread_after_loop");
    yield* this.#say("source", "main", "savevm_state_cleanup");
  }

  /** A page that the destination asked for and that is still to be sent. */
  *#queuedPage(): Thread<Page | undefined> {
    for (let fault = this.#queue.shift(); fault; fault = this.#queue.shift()) {
      const { page } = fault;
      const found = this.#dirty.find((other) => isSame(other, page));
      const event = found ? "get_queued_page" : "get_queued_page_not_dirty";
      fault.served = yield* this.#src(event, page.block, page.offset, page.offset / PAGE_SIZE);
      fault.sentBefore = !found;
      if (found) return found;
    }
    return undefined;
  }

  // The destination.

  #send(kind: Message["kind"], value: number, fault?: TrueFault): void {
    if (!this.plan.returnPath) return;
    const arrives = Math.max(this.#now + this.plan.latency, this.#toSource.at(-1)?.arrives ?? 0);
    this.#toSource.push({ arrives, kind, value, ...(fault && { fault }) });
  }

  /** Waits until the byte at an offset of the main channel is there. */
  *#read(offset: () => number | undefined): Thread {
    let closed = false;
    yield () => {
      const at = offset();
      const arrival = at === undefined ? undefined : this.channel.arrivalOf(at);
      closed = arrival === undefined && this.channel.closes !== undefined;
      return arrival ?? this.channel.closes;
    };
    if (closed) throw new ConnectionClosed();
  }

  /** Waits for an item of the channel, and gives it when its first byte is there. */
  *#next(index: number): Thread<TrueItem> {
    yield* this.#read(() => this.items[index]?.offset);
    return this.items[index]!;
  }

  *#destination(): Thread {
    const { plan } = this;
    if (plan.transport === "file") {
      yield () => this.#sourceDone;
      yield this.#random.spread(1_000_000, 3_000_000_000);
    }
    yield* this.#dst("migrate_set_state", "setup");
    if (plan.transport === "file") yield* this.#dst("migration_file_incoming", "vm.state");
    try {
      yield* this.#load();
    } catch (error) {
      if (!(error instanceof ConnectionClosed)) throw error;
      yield* this.#loadFailed(-5, "load of migration failed: Input/output error");
    }
  }

  *#load(): Thread {
    const configuration = yield* this.#next(0);
    yield* this.#dst("migrate_set_state", "active");
    yield* this.#read(() => configuration.dataEnd - 1);
    const before = this.emitted.destination.length;
    yield* this.#traceVmstate("load", CONFIGURATION);
    const traced = this.emitted.destination.slice(before);
    if (traced.length > 0) configuration.destination = [traced[0]!, traced.at(-1)!];
    yield* this.#dst("loadvm_state_setup");
    for (let index = 1; ; index += 1) {
      const item = yield* this.#next(index);
      const first = yield* this.#dst("qemu_loadvm_state_section", kindOf(item));
      if (item.type === "eof") {
        item.destination = [first, first];
        break;
      }
      if (item.name === "PACKAGED") {
        const packed = yield* this.#loadPackage(item, first, index + 1);
        if (packed) return;
      } else if (item.type === "command") yield* this.#loadCommand(item, first, "main");
      else if (yield* this.#loadSection(item, first)) return;
    }
    yield* this.#dst("qemu_loadvm_state_post_main", 0);
    yield* this.#dst("vmstate_downtime_checkpoint", "dst-precopy-loadvm-completed");
    yield* this.#loadEnds(0);
    yield this.#random.spread(1000, 100_000);
    yield* this.#dst("vmstate_downtime_checkpoint", "dst-precopy-bh-enter");
    yield* this.#dst("vmstate_downtime_checkpoint", "dst-precopy-bh-announced");
    yield this.plan.starting;
    this.moments.running = yield* this.#dst("vm_state_notify", 1, 9, "running");
    yield* this.#dst("vmstate_downtime_checkpoint", "dst-precopy-bh-vm-started");
    yield* this.#dst("migrate_set_state", "completed");
    yield* this.#dst("loadvm_state_cleanup");
    this.#send("shut", 0);
  }

  *#loadEnds(ret: number): Thread {
    const state = this.plan.version === "10.0" ? [this.plan.postcopy ? 5 : 0] : [];
    yield* this.#dst("process_incoming_migration_co_end", ret, ...state);
  }

  *#loadFailed(ret: number, message: string): Thread {
    yield* this.#dst("qemu_loadvm_state_post_main", ret);
    yield* this.#loadEnds(ret);
    yield* this.#dst("migrate_set_state", "failed");
    yield* this.#dst("loadvm_state_cleanup");
    this.#send("shut", 1);
    this.#stderr("destination", `qemu-system-x86_64: ${message}`);
  }

  *#loadCommand(item: TrueItem, first: Emitted, thread: string, said = true): Thread {
    const say = (name: string, ...values: readonly Value[]) =>
      this.#say("destination", thread, name, ...values);
    if (said) yield* this.#read(() => item.dataEnd - 1);
    const length = item.size - 5;
    yield* say("loadvm_process_command", item.name!, length);
    if (item.name === "PING") {
      const value = Number(item.label.slice("PING ".length));
      yield* say("loadvm_process_command_ping", value);
      yield* say("migrate_send_rp_message", 2, 4);
      this.#send("pong", value);
    }
    if (item.name === "POSTCOPY_LISTEN") {
      yield* say("loadvm_postcopy_handle_listen", "enter");
      yield* say("migrate_set_state", "postcopy-device");
      yield* say("loadvm_postcopy_handle_listen", "return");
    }
    if (item.name === "POSTCOPY_RUN") yield* say("migrate_set_state", "postcopy-active");
    yield this.#random.between(0, 20_000);
    const last = yield* say(
      "qemu_loadvm_state_section_command",
      item.name === "POSTCOPY_RUN" ? 1 : 0,
    );
    item.destination = [first, last];
  }

  /** Loads a section; true where it failed. */
  *#loadSection(item: TrueItem, first: Emitted, packed = false): Thread<boolean> {
    const { idstr = "", instance = 0, sectionId = 0 } = item;
    const device = this.#deviceOf(item);
    if (device && device.pause > 0) yield device.pause;
    if (!packed) yield* this.#read(() => item.offset + 8);
    const version = device?.vmstate.version ?? 4;
    const headed = item.type === "section-start" || item.type === "section-full";
    if (headed)
      yield* this.#dst("qemu_loadvm_state_section_startfull", sectionId, idstr, instance, version);
    else yield* this.#dst("qemu_loadvm_state_section_partend", sectionId);
    const start = Math.floor(this.#now / 1000);
    yield* this.#dst("vmstate_load", idstr, device?.vmstate.name ?? "(old)");
    if (!device) {
      item.destination = [first, yield* this.#loadRam(item, "main")];
      if (item.type !== "section-end") return yield* this.#footer(item, packed);
    } else {
      yield Math.floor(device.load / 2);
      if (!packed) yield* this.#read(() => (item.size > 0 ? item.dataEnd - 1 : undefined));
      yield Math.ceil(device.load / 2);
      yield* this.#traceVmstate("load", device.vmstate);
      if (this.#refuses(device)) return yield* this.#refuse(item, first);
    }
    const type = device ? "non-iterable" : "iterable";
    const took = Math.floor(this.#now / 1000) - start;
    const last = yield* this.#dst("vmstate_downtime_load", type, idstr, instance, took);
    item.destination = [first, last];
    return yield* this.#footer(item, packed);
  }

  *#footer(item: TrueItem, packed: boolean): Thread<false> {
    if (!packed) yield* this.#read(() => (item.size > 0 ? item.offset + item.size - 1 : undefined));
    return false;
  }

  #deviceOf({ sectionId }: TrueItem): DevicePlan | undefined {
    return this.plan.devices.find((device) => device.sectionId === sectionId);
  }

  #refuses(device: DevicePlan): boolean {
    if (this.own.fate !== "failed") return false;
    return this.plan.devices.filter(({ skipped }) => !skipped)[this.own.refused] === device;
  }

  *#refuse(item: TrueItem, first: Emitted): Thread<true> {
    const { idstr = "", instance = 0 } = item;
    const last = this.emitted.destination.at(-1)!;
    item.destination = [first, last];
    this.refusedItem = item;
    this.error = `error while loading state for instance 0x${instance.toString(16)} of device '${idstr}'`;
    this.#stderr("destination", `qemu-system-x86_64: ${this.error}`);
    yield* this.#loadFailed(-22, "load of migration failed: Invalid argument");
    return true;
  }

  *#loadRam(item: TrueItem, thread: string): Thread<Emitted> {
    const say = (name: string, ...values: readonly Value[]) =>
      this.#say("destination", thread, name, ...values);
    this.#loads += 1;
    const count = this.#loads;
    yield* say("ram_load_start");
    yield* this.#read(() => (item.dataEnd > 0 ? item.dataEnd - 1 : undefined));
    yield item.pages * 1000 + item.zeroPages * 100;
    return yield* say("ram_load_complete", 0, count);
  }

  // Postcopy at the destination.

  *#loadPackage(item: TrueItem, first: Emitted, from: number): Thread<boolean> {
    yield* this.#read(() => item.dataEnd - 1);
    yield* this.#dst("loadvm_process_command", "PACKAGED", 4);
    // All of it is read before any of it is loaded.
    const packed = this.items.slice(from).filter(({ depth }) => depth > 0);
    const end = packed.at(-1)!;
    yield* this.#dst("loadvm_handle_cmd_packaged", end.offset + end.size - packed[0]!.offset);
    yield* this.#read(() => end.offset + end.size - 1);
    yield* this.#dst(
      "loadvm_handle_cmd_packaged_received",
      end.offset + end.size - packed[0]!.offset,
    );
    for (const inner of packed) {
      const start = yield* this.#dst("qemu_loadvm_state_section", kindOf(inner));
      if (inner.type === "command") yield* this.#loadCommand(inner, start, "main", false);
      else yield* this.#loadSection(inner, start, true);
      if (inner.name === "POSTCOPY_LISTEN") this.schedule.start(this.#listen(from + packed.length));
    }
    yield* this.#dst("loadvm_handle_cmd_packaged_main", 1);
    item.destination = [first, yield* this.#dst("qemu_loadvm_state_section_command", 1)];
    yield* this.#dst("qemu_loadvm_state_post_main", 1);
    yield* this.#dst("vmstate_downtime_checkpoint", "dst-precopy-loadvm-completed");
    yield* this.#loadEnds(1);
    yield* this.#dst("process_incoming_migration_co_postcopy_end_main");
    yield this.#random.spread(1000, 100_000);
    yield* this.#dst("vmstate_downtime_checkpoint", "dst-postcopy-bh-enter");
    yield* this.#dst("vmstate_downtime_checkpoint", "dst-postcopy-bh-announced");
    yield this.plan.starting;
    this.moments.running = yield* this.#dst("vm_state_notify", 1, 9, "running");
    yield* this.#dst("vmstate_downtime_checkpoint", "dst-postcopy-bh-vm-started");
    this.#startGuest();
    return true;
  }

  *#listen(from: number): Thread {
    const say = (name: string, ...values: readonly Value[]) =>
      this.#say("destination", "listen", name, ...values);
    yield this.#random.spread(1000, 500_000);
    yield* say("postcopy_ram_listen_thread_start");
    for (let index = from; ; index += 1) {
      const item = yield* this.#next(index);
      const first = yield* say("qemu_loadvm_state_section", kindOf(item));
      if (item.type === "eof") {
        item.destination = [first, first];
        break;
      }
      if (item.type === "command") yield* this.#loadCommand(item, first, "listen");
      else yield* this.#loadPostcopyRam(item, first);
    }
    yield () => (this.moments.running ? this.#now : undefined);
    yield* say("postcopy_ram_listen_thread_exit");
    yield* say("migrate_set_state", "completed");
    yield* this.#dst("loadvm_state_cleanup");
    this.#send("shut", 0);
  }

  *#loadPostcopyRam(item: TrueItem, first: Emitted): Thread {
    const say = (name: string, ...values: readonly Value[]) =>
      this.#say("destination", "listen", name, ...values);
    const { sectionId = 0 } = item;
    this.#loads += 1;
    const count = this.#loads;
    yield* say("qemu_loadvm_state_section_partend", sectionId);
    const start = Math.floor(this.#now / 1000);
    yield* say("vmstate_load", "ram", "(old)");
    yield* say("ram_load_start");
    const pages = this.#sentPages.get(item)!;
    for (let index = 0; ; index += 1) {
      yield* this.#read(
        () => pages[index]?.[1] ?? (item.dataEnd > 0 ? item.dataEnd - 1 : undefined),
      );
      const [page] = pages[index] ?? [];
      if (!page) break;
      yield this.#random.between(500, 4000);
      yield* this.#place(page);
    }
    let last = yield* say("ram_load_complete", 0, count);
    if (item.type === "section-end") {
      const took = Math.floor(this.#now / 1000) - start;
      last = yield* say("vmstate_downtime_load", "iterable", "ram", 0, took);
    }
    item.destination = [first, last];
    yield* this.#footer(item, false);
  }

  /** The pages of each section of RAM, and where each one's last byte is. */
  readonly #sentPages = new Map<TrueItem, (readonly [Page, number])[]>();

  *#place(page: Page): Thread {
    const say = (name: string, ...values: readonly Value[]) =>
      this.#say("destination", "listen", name, ...values);
    const key = keyOf(page);
    const waiting = this.#requested.get(key);
    const address = addressOf(this.plan, page);
    this.#placed.add(key);
    let at: Emitted | undefined;
    if (waiting) {
      at = yield* say("postcopy_page_req_del", address, this.#requested.size - 1);
      this.#requested.delete(key);
      for (const fault of waiting) fault.arrived = at;
    }
    yield* say(page.zero ? "postcopy_place_page_zero" : "postcopy_place_page", address);
  }

  /** The guest's threads touch pages; one thread of QEMU handles the faults. */
  #startGuest(): void {
    const { faults } = this.plan;
    if (faults.length === 0) return;
    for (const fault of faults) this.schedule.start(this.#touch(fault));
    this.schedule.start(this.#faultThread());
  }

  *#touch({ after, page: index, thread }: Plan["faults"][number]): Thread {
    yield after;
    const left = this.#dirty.filter((page) => !this.#placed.has(keyOf(page)));
    const page = left[index % Math.max(1, left.length)];
    if (page) this.#faulting.push({ page, thread, at: this.#now });
  }

  *#faultThread(): Thread {
    const say = (name: string, ...values: readonly Value[]) =>
      this.#say("destination", "fault", name, ...values);
    for (let next = 0; ; next += 1) {
      yield () => this.#faulting[next]?.at;
      const { page, thread } = this.#faulting[next]!;
      const address = addressOf(this.plan, page);
      yield this.#random.between(500, 60_000);
      const id = 5000 + thread;
      const faulted = yield* say(
        "postcopy_ram_fault_thread_request",
        address,
        page.block,
        page.offset,
        id,
      );
      const fault: TrueFault = { page, thread: id, faulted, kind: "requested" };
      this.faults.push(fault);
      const key = keyOf(page);
      if (this.#placed.has(key)) {
        fault.kind = "present";
        continue;
      }
      const others = this.#requested.get(key);
      if (others) fault.kind = "joined";
      this.#requested.set(key, [...(others ?? []), fault]);
      // QEMU asks again for a page that another thread waits for (QEMU migration/migration.c:
      // migrate_send_rp_req_pages).
      if (!others) yield* say("postcopy_page_req_add", address, this.#requested.size);
      this.#send("request", 0, fault);
    }
  }
}

const CONFIGURATION: VmstatePlan = {
  name: "configuration",
  version: 0,
  fields: [
    { kind: "number", name: "len", size: 4, count: 1 },
    { kind: "bytes", name: "name", size: 1 },
  ],
};

function keyOf({ block, offset }: Page): string {
  return `${block} ${offset}`;
}

function isSame(a: Page, b: Page): boolean {
  return a.offset === b.offset && a.block === b.block;
}

function addressOf({ blocks }: Plan, { block, offset }: Page): bigint {
  const index = [...blocks.keys()].indexOf(block);
  return 0x7f0000000000n + BigInt(index) * 0x100000000n + BigInt(offset);
}

function allPages({ blocks, zeroShare }: Plan, random: Random): Page[] {
  return [...blocks].flatMap(([block, size]) =>
    Array.from({ length: size / PAGE_SIZE }, (_, index) => {
      return { block, offset: index * PAGE_SIZE, zero: random.chance(zeroShare) };
    }),
  );
}

const KINDS: Readonly<Record<string, number>> = {
  eof: 0,
  "section-start": 1,
  "section-part": 2,
  "section-end": 3,
  "section-full": 4,
  command: 8,
};

function kindOf({ type }: TrueItem): number {
  return KINDS[type]!;
}

function fieldBytes(field: FieldPlan, seed: number): Uint8Array {
  switch (field.kind) {
    case "bytes":
      return new Uint8Array(field.size).fill(seed % 100);
    case "number":
      return join(
        ...Array.from({ length: field.count }, (_, index) =>
          integer((seed + index) % 100, field.size),
        ),
      );
    case "struct":
      return join(...Array.from({ length: field.count }, () => vmstateBytes(field.vmstate)));
  }
}

function vmstateBytes({ fields }: VmstatePlan): Uint8Array {
  return join(...fields.map((field, index) => fieldBytes(field, index + 1)));
}

function describe({ devices }: Plan): object {
  return {
    page_size: PAGE_SIZE,
    devices: devices
      .filter(({ skipped }) => !skipped)
      .map(({ idstr, instance, vmstate }) => ({
        name: idstr,
        instance_id: instance,
        ...describedVmstate(vmstate),
      })),
  };
}

function describedVmstate({ name, version, fields }: VmstatePlan): object {
  return {
    vmsd_name: name,
    version,
    fields: fields.flatMap((field): object[] => {
      const common = { name: field.name };
      if (field.kind === "bytes") return [{ ...common, type: "buffer", size: field.size }];
      const array = field.count > 1 ? { array_len: field.count } : {};
      if (field.kind === "number") {
        return [{ ...common, ...array, type: `uint${field.size * 8}`, size: field.size }];
      }
      const size = vmstateBytes(field.vmstate).length;
      return [
        { ...common, ...array, type: "struct", struct: describedVmstate(field.vmstate), size },
      ];
    }),
  };
}
