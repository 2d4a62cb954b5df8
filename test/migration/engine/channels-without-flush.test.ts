import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import { UnknownMachine } from "../../../src/migration/engine/unknown-machine.js";
import { ItemType, RamFlag } from "../../../src/migration/wire/constants.js";
import { MultifdWriter } from "../../../src/migration/wire/multifd-writer.js";
import { StreamWriter } from "../../../src/migration/wire/stream-writer.js";

const PAGE = 4096;

/** A main channel as of `pc-q35-7.2`: the zero pages of a block of three, and no FLUSH record. */
function mainChannel({ zeros = [PAGE], address = undefined as bigint | undefined } = {}): Readable {
  const writer = new StreamWriter();
  const machine = "pc-q35-7.2";
  writer.header().u8(ItemType.configuration).u32(machine.length).bytes(Buffer.from(machine));
  if (address !== undefined) writer.bytes(ignoreShared());
  const ram = { sectionId: 1, idstr: "ram", instanceId: 0, version: 4 };
  writer.sectionHead({ type: "section-start", ...ram });
  const block = { name: "pc.ram", usedLength: 3 * PAGE };
  writer.ramBlockList([address === undefined ? block : { ...block, address }]);
  writer.u64(RamFlag.eos).footer(1);
  writer.sectionHead({ type: "section-end", ...ram });
  for (const [index, at] of zeros.entries()) {
    writer.u64(at + RamFlag.zero + (index > 0 ? RamFlag.continue : 0));
    if (index === 0) writer.u8(block.name.length).bytes(Buffer.from(block.name));
    writer.u8(0);
  }
  writer.u64(RamFlag.eos).footer(1).eof();
  return Readable.from([writer.take()]);
}

/** The configuration's subsection of capabilities, with this one in it. */
function ignoreShared(): Uint8Array {
  const writer = new StreamWriter();
  const [subsection, capability] = ["configuration/capabilities", "x-ignore-shared"];
  writer.u8(ItemType.subsection).u8(subsection.length).bytes(Buffer.from(subsection)).u32(1);
  return writer.u32(1).u8(capability.length).bytes(Buffer.from(capability)).take();
}

/** A channel of multifd with the two other pages; it syncs where a section of the main one ends. */
function further(): Readable {
  const pages = { flags: 1, allocated: 128, packetNumber: 1n, block: "pc.ram", zero: [] };
  const writer = new MultifdWriter().hello({ uuid: "", channel: 0 }).sync(0n);
  writer.pages({ ...pages, normal: [0, 2 * PAGE] }, new Uint8Array(2 * PAGE).fill(7));
  return Readable.from([writer.take()]);
}

async function load(main: Readable, channels?: AsyncIterable<Readable>) {
  const machine = new UnknownMachine();
  const options = { machine, vmDescription: false, ...(channels && { channels }) };
  await new MigrationDestination(options).load(main);
  return machine.ram.counts;
}

async function* late() {
  await delay(200);
  yield further();
  await delay(5000);
}

test("a channel that is only taken when the main one is at its end is waited for", async () => {
  expect(await load(mainChannel(), late())).toEqual({ normal: 2, zero: 1 });
});

test("where none comes, the guest is not taken over", async () => {
  const reason = "memory came without contents: those are in multifd's channels";
  await expect(load(mainChannel())).rejects.toThrow(reason);
});

test("memory of nothing but zeros is whole", async () => {
  const zeros = [0, PAGE, 2 * PAGE];
  expect(await load(mainChannel({ zeros }), late())).toEqual({ normal: 0, zero: 3 });
});

test("memory that both ends have (x-ignore-shared) is not missed", async () => {
  expect(await load(mainChannel({ address: 0n }), late())).toEqual({ normal: 0, zero: 1 });
});
