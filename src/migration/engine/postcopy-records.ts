import { trace_ram_load_postcopy_loop } from "../../../generated/migration.js";
import { RamFlag } from "../wire/constants.js";

/** The channels on which pages come in postcopy, by QEMU's numbers (migration/postcopy-ram.h). */
export const PostcopyChannel = { main: 0, urgent: 1 } as const;

/** Traces the RAM records that come in postcopy on one channel. */
export class PostcopyRecords {
  readonly #channel: number;
  #continues: number = RamFlag.continue;

  constructor(channel: number) {
    this.#channel = channel;
  }

  /** The record that comes next names its block. */
  named(): void {
    this.#continues = 0;
  }

  page(address: number): void {
    this.#record(address, RamFlag.page);
  }

  zero(address: number): void {
    this.#record(address, RamFlag.zero);
  }

  /** The records end here. */
  eos(): void {
    trace_ram_load_postcopy_loop(this.#channel, 0, RamFlag.eos);
  }

  #record(address: number, flag: number): void {
    trace_ram_load_postcopy_loop(this.#channel, address, flag | this.#continues);
    this.#continues = RamFlag.continue;
  }
}
