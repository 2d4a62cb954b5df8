import { ByteWindow } from "../../../src/bytes/byte-window.js";
import { DecodeError } from "../../../src/bytes/decode-error.js";
import type {
  DeviceState,
  VmStateDescription,
} from "../../../src/migration/engine/vmstate-description.js";
import { loadVmState } from "../../../src/migration/engine/vmstate-load.js";
import { saveVmState } from "../../../src/migration/engine/vmstate-save.js";
import { StreamWriter } from "../../../src/migration/wire/stream-writer.js";
import type { VmState } from "../../../src/migration/wire/vm-description.js";

/** The bytes of a vmstate, and what VMDESCRIPTION says of them. */
export function save(
  description: VmStateDescription,
  state: DeviceState,
): { readonly bytes: Uint8Array; readonly described: VmState } {
  const writer = new StreamWriter();
  const described = saveVmState(writer, description, state);
  return { bytes: writer.take(), described };
}

/** What stands behind a section's data in a stream. */
const FOOTER = [0x7e, 0, 0, 0, 1];

/**
 * Loads from bytes with a footer behind, up to which all must be read, and gives the state; by chunks
 * of one byte if asked for.
 */
export function load(
  description: VmStateDescription,
  bytes: Uint8Array,
  state: DeviceState,
  { version = description.version, chunk = Number.POSITIVE_INFINITY } = {},
): DeviceState {
  const all = Uint8Array.of(...bytes, ...FOOTER);
  const window = new ByteWindow("big");
  const steps = loadVmState(window, description, state, version);
  let done = false;
  for (let at = 0; at < all.length; at += chunk) {
    window.append(all.subarray(at, at + chunk));
    if (!done) done = steps.next().done === true;
  }
  window.end();
  while (!done) done = steps.next().done === true;
  if (window.available !== FOOTER.length) {
    throw new DecodeError("not all was read, or too much", window.offset);
  }
  return state;
}
