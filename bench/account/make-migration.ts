import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as trace from "../../generated/migration.js";
import { trace_vm_state_notify } from "../../generated/root.js";
import { RamRecordWriter } from "../../src/migration/wire/ram-record-writer.js";
import { StreamWriter } from "../../src/migration/wire/stream-writer.js";
import type { VmDevice } from "../../src/migration/wire/vm-description.js";
import { addSink, enableEvents } from "../../src/runtime/registry.js";
import { SimpleSink } from "../../src/runtime/simple-sink.js";

const PAGE = 4096;
const RAM = { sectionId: 2, idstr: "ram", instanceId: 0, version: 4 };
const WRITTEN = 1 << 20;

/** How large a migration is to be made. */
export interface MigrationSize {
  /** Rounds, and PART sections of RAM in each. */
  readonly rounds: number;
  readonly parts: number;
  /** Devices, and structs in each, of eight fields. */
  readonly devices: number;
  readonly structs: number;
  /** How often the source tells its transferred bytes within a PART. */
  readonly told: number;
}

/** 10,000 sections, and a million events at both sides, of the kinds that a real QEMU traces most. */
export const LARGE: MigrationSize = {
  rounds: 80,
  parts: 100,
  devices: 2000,
  structs: 15,
  told: 33,
};

/**
 * Writes `stream.bin`, `source.simpletrace` and `destination.simpletrace` into a folder, by the
 * project's own writers and tracers and by clocks of their own: the same at each run. Gives the
 * number of events.
 */
export function makeMigration(folder: string, size: MigrationSize = LARGE): number {
  const migration = new MadeMigration(folder, size);
  try {
    return migration.run();
  } finally {
    migration.close();
  }
}

/** A side's trace, by a clock that goes on with each event. */
class SideTrace {
  now = 1_000_000_000n;
  events = 0;
  readonly #file: number;
  readonly sink: SimpleSink;

  constructor(file: string) {
    this.#file = openSync(file, "w");
    this.sink = new SimpleSink({
      write: (bytes) => void writeSync(this.#file, bytes),
      clock: () => this.now,
      pid: 1,
    });
  }

  close(): void {
    this.sink.flush();
    closeSync(this.#file);
  }
}

class MadeMigration {
  readonly #size: MigrationSize;
  readonly #stream: number;
  readonly #writer = new StreamWriter(4 * WRITTEN);
  readonly #ram = new RamRecordWriter(this.#writer);
  readonly #source: SideTrace;
  readonly #destination: SideTrace;
  readonly #removeSink: () => void;
  readonly #page = new Uint8Array(PAGE);
  #current: SideTrace;
  #offset = 0;
  #seed = 7;

  constructor(folder: string, size: MigrationSize) {
    this.#size = size;
    this.#stream = openSync(join(folder, "stream.bin"), "w");
    this.#source = new SideTrace(join(folder, "source.simpletrace"));
    this.#destination = new SideTrace(join(folder, "destination.simpletrace"));
    this.#current = this.#source;
    this.#removeSink = addSink({
      define: (event) => {
        for (const { sink } of [this.#source, this.#destination]) sink.define(event);
      },
      write: (event, values) => {
        this.#current.now += BigInt(200 + this.#random(600));
        this.#current.events += 1;
        this.#current.sink.write(event, values);
      },
    });
    enableEvents("*");
  }

  close(): void {
    this.#removeSink();
    this.#flush();
    closeSync(this.#stream);
    for (const side of [this.#source, this.#destination]) side.close();
  }

  run(): number {
    this.#begin();
    for (let round = 0; round < this.#size.rounds; round += 1) this.#round(round);
    this.#switchOver();
    for (let device = 0; device < this.#size.devices; device += 1) this.#device(device);
    this.#end();
    return this.#source.events + this.#destination.events;
  }

  #begin(): void {
    this.#at(this.#source, () => {
      trace.trace_migrate_set_state("setup");
      trace.trace_savevm_state_header();
      this.#writer.header().configurationHead().u32(3).bytes(new TextEncoder().encode("q35"));
      trace.trace_savevm_state_setup();
      this.#writer.sectionHead({ ...RAM, type: "section-start" });
      this.#writer.ramBlockList([{ name: "pc.ram", usedLength: 1 << 30 }]);
      this.#ram.endOfSection();
      this.#writer.footer(RAM.sectionId);
      trace.trace_migration_thread_setup_complete();
      trace.trace_migrate_set_state("active");
    });
    this.#at(this.#destination, () => {
      trace.trace_migrate_set_state("active");
      trace.trace_vmstate_load_state("configuration", 1);
      trace.trace_vmstate_load_state_end("configuration", "end", 0);
      trace.trace_qemu_loadvm_state_section(1);
      trace.trace_qemu_loadvm_state_section_startfull(RAM.sectionId, "ram", 0, 4);
      this.#loadRam(1);
    });
  }

  #round(round: number): void {
    this.#at(this.#source, () => {
      trace.trace_migration_bitmap_sync_start();
      trace.trace_migration_bitmap_sync_end(4200n);
      trace.trace_migrate_pending_exact(BigInt(4200 * PAGE), 0n, 0n);
    });
    for (let part = 0; part < this.#size.parts; part += 1)
      this.#part(round * this.#size.parts + part);
  }

  #part(number: number): void {
    this.#at(this.#source, () => {
      trace.trace_savevm_state_iterate();
      trace.trace_savevm_section_start("ram", RAM.sectionId);
      this.#writer.sectionHead({ ...RAM, type: "section-part" });
      new DataView(this.#page.buffer).setUint32(0, number + 1);
      this.#ram.page("pc.ram", number * PAGE, this.#page);
      for (let zero = 1; zero <= 40; zero += 1) this.#ram.zero("pc.ram", (number + zero) * PAGE);
      const begun = this.#offset;
      const length = this.#writer.length;
      for (let told = 0; told < this.#size.told; told += 1) {
        // QEMU's buffer of 32 KiB is passed on once in a while: the count stands still between.
        trace.trace_migration_transferred_bytes(BigInt(told < 20 ? begun : begun + length), 0n, 0n);
      }
      this.#ram.endOfSection();
      this.#writer.footer(RAM.sectionId);
      trace.trace_savevm_section_end("ram", RAM.sectionId, 0);
      this.#flush();
      trace.trace_migration_transferred_bytes(BigInt(this.#offset), 0n, 0n);
      trace.trace_migrate_pending_estimate(BigInt(4200 * PAGE), 0n, 0n);
      trace.trace_migration_rate_limit_pre(1);
      trace.trace_migration_rate_limit_post(0);
    });
    this.#at(this.#destination, () => {
      trace.trace_qemu_loadvm_state_section(2);
      trace.trace_qemu_loadvm_state_section_partend(RAM.sectionId);
      this.#loadRam(number + 2);
    });
  }

  #loadRam(count: number): void {
    trace.trace_ram_load_start();
    trace.trace_ram_load_complete(0, BigInt(count));
  }

  #switchOver(): void {
    this.#at(this.#source, () => {
      trace.trace_vmstate_downtime_checkpoint("src-downtime-start");
      trace_vm_state_notify(0, 7, "finish-migrate");
      trace.trace_vmstate_downtime_checkpoint("src-vm-stopped");
      trace.trace_migrate_set_state("device");
      trace.trace_savevm_command_send(11, 0);
      this.#writer.command({ name: "SWITCHOVER_START" });
      trace.trace_savevm_section_start("ram", RAM.sectionId);
      this.#writer.sectionHead({ ...RAM, type: "section-end" });
      this.#ram.endOfSection();
      this.#writer.footer(RAM.sectionId);
      trace.trace_savevm_section_end("ram", RAM.sectionId, 0);
      trace.trace_vmstate_downtime_checkpoint("src-iterable-saved");
    });
    this.#at(this.#destination, () => {
      trace.trace_qemu_loadvm_state_section(8);
      trace.trace_loadvm_process_command("SWITCHOVER_START", 0);
      trace.trace_qemu_loadvm_state_section(3);
      trace.trace_qemu_loadvm_state_section_partend(RAM.sectionId);
      this.#loadRam(this.#size.rounds * this.#size.parts + 2);
    });
  }

  #device(index: number): void {
    const idstr = deviceName(index);
    const sectionId = index + 3;
    const { structs } = this.#size;
    this.#at(this.#source, () => {
      trace.trace_savevm_section_start(idstr, sectionId);
      trace.trace_vmstate_save(idstr, "made");
      this.#writer.sectionHead({
        ...{ type: "section-full", sectionId, idstr, instanceId: 0, version: 1 },
      });
      for (let part = 0; part < structs; part += 1) this.#saveStruct(index + part);
      trace.trace_vmstate_downtime_save("non-iterable", idstr, 0, 40n);
      trace.trace_savevm_section_end(idstr, sectionId, 0);
      this.#writer.footer(sectionId);
      this.#flush();
      trace.trace_migration_transferred_bytes(BigInt(this.#offset), 0n, 0n);
    });
    this.#at(this.#destination, () => {
      trace.trace_qemu_loadvm_state_section(4);
      trace.trace_qemu_loadvm_state_section_startfull(sectionId, idstr, 0, 1);
      trace.trace_vmstate_load(idstr, "made");
      for (let part = 0; part < structs; part += 1) this.#loadStruct();
      trace.trace_vmstate_downtime_load("non-iterable", idstr, 0, 60n);
    });
  }

  #saveStruct(value: number): void {
    trace.trace_vmstate_save_state_top("made/part");
    for (const field of FIELDS) {
      trace.trace_vmstate_save_state_loop("made/part", field, 1);
      this.#writer.u32(value);
    }
    trace.trace_vmstate_subsection_save_top("made/part");
  }

  #loadStruct(): void {
    trace.trace_vmstate_load_state("made/part", 1);
    for (const field of FIELDS) trace.trace_vmstate_load_state_field("made/part", field, true);
    trace.trace_vmstate_subsection_load("made/part");
    trace.trace_vmstate_load_state_end("made/part", "end", 0);
  }

  #end(): void {
    this.#at(this.#source, () => {
      trace.trace_vmstate_downtime_checkpoint("src-non-iterable-saved");
      const devices = Array.from({ length: this.#size.devices }, (_, index) =>
        description(deviceName(index), this.#size.structs),
      );
      this.#writer.eof().vmDescription({ pageSize: PAGE, devices });
      this.#flush();
      trace.trace_vmstate_downtime_checkpoint("src-downtime-end");
      trace.trace_migrate_set_state("completed");
    });
    this.#at(this.#destination, () => {
      trace.trace_qemu_loadvm_state_section(0);
      trace.trace_vmstate_downtime_checkpoint("dst-precopy-loadvm-completed");
      trace_vm_state_notify(1, 9, "running");
      trace.trace_migrate_set_state("completed");
    });
  }

  /** The destination is never ahead of the source. */
  #at(side: SideTrace, run: () => void): void {
    if (side === this.#destination && side.now < this.#source.now) side.now = this.#source.now;
    this.#current = side;
    run();
  }

  #flush(): void {
    this.#offset += this.#writer.length;
    writeSync(this.#stream, this.#writer.take());
  }

  #random(below: number): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0;
    return this.#seed % below;
  }
}

const FIELDS = ["control", "status", "base", "limit", "mask", "pending", "count", "flags"];

function deviceName(index: number): string {
  return `0000:${(index >> 5).toString(16).padStart(2, "0")}:${(index & 31).toString(16).padStart(2, "0")}.0/made`;
}

function description(name: string, structs: number): VmDevice {
  const part = { vmsdName: "made/part", version: 1, subsections: [] };
  const fields = FIELDS.map((field) => ({ name: field, type: "uint32", size: 4 }));
  return {
    ...{ name, instanceId: 0, vmsdName: "made", version: 1, subsections: [] },
    fields: [
      {
        ...{ name: "parts", type: "struct", size: 4 * FIELDS.length, arrayLength: structs },
        struct: { ...part, fields },
      },
    ],
  };
}
