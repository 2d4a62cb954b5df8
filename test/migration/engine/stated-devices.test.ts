import { expect, test } from "vitest";
import type { DeviceState } from "../../../src/migration/engine/vmstate-description.js";
import { decodeState } from "../../../src/migration/wire/decode-state.js";
import type { StateNode } from "../../../src/migration/wire/state-value.js";
import { isSection } from "../../../src/migration/wire/stream-item.js";
import { describeWith } from "../../support/tools.js";
import { readRecording } from "../wire/recordings.js";
import { walk } from "../wire/walk.js";
import { statedAs } from "./stated-devices.js";
import { load, save } from "./vmstate-bytes.js";

/** The devices of a recording, each with its bytes. */
async function devicesOf(name: string) {
  const { bytes, description } = await readRecording(name);
  const { items } = walk(bytes, { description: description!, keepData: true });
  return items.filter(isSection).flatMap(({ type, idstr, instanceId, data }) => {
    const device = description!.devices.find(
      (own) => own.name === idstr && own.instanceId === instanceId && own.vmsdName !== "",
    );
    return type === "section-full" && device ? [{ device, data: data! }] : [];
  });
}

/** What a destination must have in common with the source: all fields of a type `... equal`. */
function common({ fields }: StateNode): DeviceState {
  const state: DeviceState = {};
  for (const { name, type, index, value } of fields) {
    if (type.endsWith(" equal") && value.kind === "integer") state[name] = value.value;
    if (value.kind === "struct" && index === undefined) state[name] = common(value.value);
  }
  return state;
}

describeWith(["shared"], "what QEMU's own devices are, our language can state", () => {
  test.each([
    ["q35-precopy", 32],
    ["microvm-file", 15],
    ["pc-9.2-xbzrle", 31],
    ["virt-aarch64-file", 16],
  ])("%s: %d devices are loaded, saved and described as QEMU has them", async (name, count) => {
    const devices = await devicesOf(name);
    expect(devices).toHaveLength(count);
    for (const { device, data } of devices) {
      const { name: idstr, instanceId: _, ...state } = device;
      const stated = statedAs([state]);
      const loaded = load(stated, data, common(decodeState(data, device)));
      const { bytes, described } = save(stated, loaded);
      expect(Buffer.compare(bytes, data), idstr).toBe(0);
      expect(described, idstr).toEqual(state);
    }
  });
});
