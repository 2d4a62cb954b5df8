import type { Device } from "../../../src/migration/engine/device.js";
import { countOf } from "../../../src/migration/engine/vmstate-count.js";
import type {
  DeviceState,
  Field,
  VmStateDescription,
} from "../../../src/migration/engine/vmstate-description.js";
import { buffer, scalar, scalarArray } from "../../../src/migration/engine/vmstate-fields.js";
import { pick, type Random } from "../random.js";

/** Devices that random machines are made of; a machine has each at most twice. */
const NAMES = ["pci-host", "vga", "nic", "disk", "usb", "rng", "gpu", "serial"];

/** A device by its plan, the same at both ends but for the state. */
export interface DevicePlan {
  readonly idstr: string;
  readonly instanceId: number;
  readonly fields: readonly Field[];
  /** Milliseconds that its state takes to be gathered and taken over. */
  readonly saveTime: number;
  readonly loadTime: number;
  /** Whether the destination cannot take its state. */
  readonly refused: boolean;
}

/** Plans a few devices; `slow` names those that take long in this version. */
export function planDevices(random: Random, slow: ReadonlyMap<string, number>): DevicePlan[] {
  const plans: DevicePlan[] = [];
  for (let count = 2 + random(5); count > 0; count -= 1) {
    const name = pick(random, NAMES);
    const instanceId = plans.filter(({ idstr }) => idstr === `qtrace-${name}`).length;
    const extra = slow.get(name) ?? 0;
    plans.push({
      idstr: `qtrace-${name}`,
      instanceId,
      fields: planFields(random),
      saveTime: extra + random(10) / 20,
      loadTime: random(10) / 20,
      refused: false,
    });
  }
  return plans;
}

function planFields(random: Random): Field[] {
  return Array.from({ length: 1 + random(5) }, (_, index) => {
    const name = `field${index}`;
    switch (random(3)) {
      case 0:
        return scalar("uint64", name);
      case 1:
        return scalarArray("uint32", name, 1 + random(20));
      default:
        return buffer(name, 1 + random(2000));
    }
  });
}

/** The device itself, with random state where a source of it is given. */
export function makeDevice(plan: DevicePlan, random?: Random): Device {
  const vmState: VmStateDescription = {
    name: plan.idstr,
    version: 1,
    fields: plan.fields,
    preSave: () => busy(plan.saveTime),
    postLoad: () => {
      busy(plan.loadTime);
      if (plan.refused) throw new Error(`${plan.idstr} does not take this state`);
    },
  };
  const { idstr, instanceId } = plan;
  return { idstr, instanceId, vmState, state: stateOf(plan.fields, random ?? (() => 0)) };
}

function stateOf(fields: readonly Field[], random: Random): DeviceState {
  return Object.fromEntries(
    fields.map((field) => {
      if (field.kind === "buffer") {
        return [
          field.name,
          Uint8Array.from({ length: countOf(field.size, {}) }, () => random(256)),
        ];
      }
      const count = field.kind === "scalar" ? field.count : undefined;
      if (count === undefined) return [field.name, BigInt(random(1 << 30))];
      return [field.name, Array.from({ length: countOf(count, {}) }, () => random(1 << 30))];
    }),
  );
}

/** Keeps the processor busy, as a device does that gathers its state. */
function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
