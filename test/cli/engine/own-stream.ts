import { Writable } from "node:stream";
import {
  type DemoMachineOptions,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";

/** A stream as our own source writes it to a file, and the guest's memory. */
export async function ownStream(
  guest: DemoMachineOptions,
): Promise<{ stream: Buffer; memory: Uint8Array }> {
  const chunks: Uint8Array[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  const machine = demoSourceMachine({ ...guest, dirtyRate: 0 });
  await new MigrationSource({ machine }).migrate(sink);
  return { stream: Buffer.concat(chunks), memory: machine.ram.blocks[0]!.bytes };
}
