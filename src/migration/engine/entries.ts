import { RAM_VERSION } from "../wire/constants.js";
import type { Device } from "./device.js";
import type { Machine } from "./machine.js";

/** Something with a section of its own in the stream. */
export interface Entry {
  readonly sectionId: number;
  readonly idstr: string;
  readonly instanceId: number;
  readonly version: number;
  /** Undefined for RAM, which goes in many pieces while the guest runs. */
  readonly device: Device | undefined;
}

/** All entries of a machine, in the order in which they are sent; section ids count from 1. */
export function entriesOf(machine: Machine, globalState: Device): readonly Entry[] {
  const ram = { idstr: "ram", instanceId: 0, version: RAM_VERSION, device: undefined };
  const devices = [...machine.devices, globalState].map((device) => ({
    idstr: device.idstr,
    instanceId: device.instanceId,
    version: device.vmState.version,
    device,
  }));
  return [ram, ...devices].map((entry, index) => ({ sectionId: index + 1, ...entry }));
}
