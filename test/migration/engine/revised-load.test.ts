import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { GuestRam, RamBlock } from "../../../src/migration/engine/guest-ram.js";
import { Machine } from "../../../src/migration/engine/machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import { UnknownMachine } from "../../../src/migration/engine/unknown-machine.js";
import { buffer } from "../../../src/migration/engine/vmstate-fields.js";
import type { SectionState } from "../../../src/migration/wire/state-collector.js";
import { seededRandom } from "../../support/random.js";
import { bytesOf, concat } from "../wire/bytes.js";
import { footer, head, misleadingState } from "../wire/misleading-state.js";
import { migrate, streamOf, succeeded } from "./migrate.js";
import { enabledValues, type Traced } from "./traced-names.js";

const SEEDS = Number(process.env.QTRACE_MISLEADING ?? 150);
const LOAD_EVENTS = ["qemu_loadvm_state_section*", "vmstate_load", "vmstate_downtime_load"];

/** The id of the first device's section: RAM has the one before. */
const FIRST = 2;

/** A machine with devices of such states, and their names. */
function machineWith(states: readonly Uint8Array[]): Machine {
  const ram = new GuestRam([new RamBlock("ram", 8192)]);
  const devices = states.map((bytes, index) => ({
    idstr: `device${index}`,
    instanceId: 0,
    state: { bytes },
    vmState: {
      name: `device${index}`,
      version: 1,
      fields: [buffer("bytes", bytes.length)],
    },
  }));
  return new Machine({ type: "pc-q35-10.2", ram, devices });
}

/** The bytes that were loaded of each device; of one that is not decoded, its kind. */
function loadedStates({ sections }: UnknownMachine): (Uint8Array | string)[] {
  const bytesIn = (section: SectionState) =>
    section.kind === "vmstate" ? section.state.fields[0]!.bytes! : section.kind;
  return sections.filter(({ idstr }) => idstr !== "ram" && idstr !== "globalstate").map(bytesIn);
}

async function overSocket(states: readonly Uint8Array[]): Promise<UnknownMachine> {
  const machine = new UnknownMachine();
  succeeded(await migrate({ machine: machineWith(states) }, { machine, stallTimeout: 5000 }));
  return machine;
}

async function fromFile(states: readonly Uint8Array[]): Promise<UnknownMachine> {
  const machine = new UnknownMachine();
  const chunks = Readable.from([await streamOf(machineWith(states))]);
  await new MigrationDestination({ machine }).load(chunks);
  return machine;
}

/** Sections as they were traced: each head once, and what it ended with. */
function sectionsTraced(traced: readonly Traced[]): string[] {
  return traced
    .filter(({ name }) => name === "qemu_loadvm_state_section_startfull")
    .map(({ values }) => `${values[0]} ${values[1]}`);
}

const END = "00";
const PING = "08 0002 0004 00000001";

/** States that the first reading takes for something else. */
const MISLEADING: Readonly<Record<string, Uint8Array>> = {
  "a footer, the end and a description": concat(footer(FIRST), bytesOf(END, "06 00000002 7b7d")),
  "a section of its own": concat(footer(FIRST), head(7, "fake"), bytesOf("aabb"), footer(7)),
  "a section that goes on": concat(footer(FIRST), head(FIRST, "fake")),
  "commands that want an answer": concat(footer(FIRST), bytesOf(PING, PING, PING)),
};

describe.each(Object.entries(MISLEADING))("a device whose state holds %s", (_, state) => {
  const states = [concat(bytesOf("11"), state, bytesOf("22")), bytesOf("33")];

  test("is loaded as it is described, over a socket and from a file", async () => {
    for (const machine of [await overSocket(states), await fromFile(states)]) {
      expect(loadedStates(machine)).toEqual(states);
    }
  });

  test("is traced once, as it was believed", async () => {
    const traced = await enabledValues(LOAD_EVENTS, async () => void (await fromFile(states)));
    const plain = await enabledValues(LOAD_EVENTS, async () => {
      await fromFile([bytesOf("11"), bytesOf("33")]);
    });
    expect(sectionsTraced(traced)).toEqual(["1 ram", "2 device0", "3 device1", "4 globalstate"]);
    expect(traced.map(({ name }) => name)).toEqual(plain.map(({ name }) => name));
  });
});

test(`${SEEDS} machines with misleading states are loaded as they are`, async () => {
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const random = seededRandom(seed);
    const states = [FIRST, FIRST + 1, FIRST + 2].map((id) => misleadingState(random, id, 3));
    const load = seed % 8 === 0 ? overSocket : fromFile;
    expect(loadedStates(await load(states)), `seed ${seed}`).toEqual(states);
  }
}, 120_000);
