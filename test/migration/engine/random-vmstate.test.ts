import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GuestRam, RamBlock } from "../../../src/migration/engine/guest-ram.js";
import { Machine } from "../../../src/migration/engine/machine.js";
import type { DeviceState } from "../../../src/migration/engine/vmstate-description.js";
import { decodeState } from "../../../src/migration/wire/decode-state.js";
import { bytesAsRandomAccess } from "../../../src/migration/wire/random-access.js";
import { readStream } from "../../../src/migration/wire/read-stream.js";
import { StateCollector } from "../../../src/migration/wire/state-collector.js";
import { stateToQemuJson } from "../../../src/migration/wire/state-qemu-json.js";
import { parseVmDescription } from "../../../src/migration/wire/vm-description.js";
import { vmDescriptionToJson } from "../../../src/migration/wire/vm-description-json.js";
import { vmStateSize } from "../../../src/migration/wire/vmstate-by-description.js";
import { seededRandom } from "../../support/random.js";
import { testWith } from "../../support/tools.js";
import { streamOf } from "./migrate.js";
import { blankOf, NEWEST, randomVmState } from "./random-vmstate.js";
import { load, save } from "./vmstate-bytes.js";

const SEEDS = Number(process.env.QTRACE_VMSTATES ?? 600);

test(`${SEEDS} random vmstates are loaded as they were saved, and are as described`, () => {
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const { description, fill } = randomVmState(seededRandom(seed));
    const state = fill();
    const { bytes, described } = save(description, state);
    const loaded = load(description, bytes, blankOf(description, state), { chunk: 1 });
    expect(loaded, `seed ${seed}`).toEqual(state);
    expect(vmStateSize(described), `seed ${seed}`).toBe(bytes.length);
    const devices = [{ name: "device", instanceId: 0, ...described }];
    const parsed = parseVmDescription(vmDescriptionToJson({ pageSize: 4096, devices }));
    expect(parsed.devices, `seed ${seed}`).toEqual(devices);
    expect(decodeState(bytes, parsed.devices[0]!).size, `seed ${seed}`).toBe(bytes.length);
  }
});

test("what an older version lacks stays as it is", () => {
  for (let seed = 0; seed < SEEDS / 3; seed += 1) {
    const { description, fill } = randomVmState(seededRandom(seed));
    const version = 1 + (seed % NEWEST);
    const state = fill();
    const { bytes } = save({ ...description, version }, state);
    const newer = description.fields.filter((field) => (field.version ?? 0) > version);
    const before = Object.fromEntries(newer.map(({ name }) => [name, "as before"]));
    const blank = { ...blankOf(description, state), ...before } as unknown as DeviceState;
    expect(load(description, bytes, blank, { version }), `seed ${seed}`).toEqual({
      ...state,
      ...before,
    });
  }
});

test("cut anywhere, or with a flipped bit, it is loaded or told why not", () => {
  for (let seed = 0; seed < SEEDS / 3; seed += 1) {
    const random = seededRandom(seed);
    const { description, fill } = randomVmState(random);
    const state = fill();
    const { bytes } = save(description, state);
    const broken = bytes.slice(0, random(2) === 0 ? random(bytes.length + 1) : bytes.length);
    const at = random(broken.length || 1);
    if (broken.length > 0) broken[at]! ^= 1 << random(8);
    try {
      load(description, broken, blankOf(description, state));
    } catch (error) {
      expect((error as Error).name, `seed ${seed}`).toMatch(/^(DecodeError|MigrationError)$/);
    }
  }
});

/** A machine with that many random devices. */
function machineOf(count: number): Machine {
  const devices = Array.from({ length: count }, (_, seed) => {
    const { description: vmState, fill } = randomVmState(seededRandom(1000 + seed));
    return { idstr: `device${seed}`, instanceId: 0, vmState, state: fill() };
  });
  const ram = new GuestRam([new RamBlock("ram", 4096)]);
  return new Machine({ type: "pc-q35-10.2", ram, devices });
}

testWith(["python", "qemuScripts"], "QEMU's script reads them as our reader does", async (tool) => {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-vmstate-"));
  try {
    const stream = await streamOf(machineOf(150));
    const file = join(folder, "stream");
    writeFileSync(file, stream);
    const args = [join(tool.qemuScripts, "analyze-migration.py"), "-f", file];
    const printed = execFileSync(tool.python, args, { encoding: "utf8", maxBuffer: 1 << 26 });
    const collector = new StateCollector();
    const items = readStream(bytesAsRandomAccess(readFileSync(file)), { keepData: true });
    for await (const item of items) collector.add(item);
    expect(`${stateToQemuJson(collector.sections())}\n`).toBe(printed);
    expect(Object.keys(JSON.parse(printed)).length).toBeGreaterThan(150);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
