import { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { ready, type Steps } from "../../bytes/steps.js";
import { MAX_SECTION } from "./constants.js";
import type { VmDescription, VmDevice } from "./vm-description.js";
import { vmStateSize, walkVmState } from "./vmstate-by-description.js";

/**
 * Reads the data of a section that the VMDESCRIPTION describes, and gives a copy of it.
 *
 * The fields are walked even where no more than their extent is wanted: so a wrong subsection is
 * found, and where the stream is cut short, the error names the field.
 */
export function* readDescribedSection(
  window: ByteWindow,
  device: VmDevice,
): Steps<never, Uint8Array> {
  const size = vmStateSize(device);
  if (size > MAX_SECTION) throw new DecodeError(`described as ${size} bytes`, window.offset);
  yield* ready(window, size);
  const data = window.peekBytes(Math.min(size, window.available)).slice();
  walkVmState(new ByteWindow("big", data, window.offset), device);
  window.skip(size);
  return data;
}

/** The devices of a description by what a section's head says. */
export class DescribedDevices {
  readonly #devices = new Map<string, VmDevice>();

  constructor(description: VmDescription | undefined) {
    for (const device of description?.devices ?? []) {
      this.#devices.set(key(device.name, device.instanceId), device);
    }
  }

  find(idstr: string, instanceId: number): VmDevice | undefined {
    return this.#devices.get(key(idstr, instanceId));
  }
}

function key(idstr: string, instanceId: number): string {
  return `${instanceId} ${idstr}`;
}
