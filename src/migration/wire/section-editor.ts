import { encodeUtf8 } from "../../bytes/utf8.js";
import { DescribedDevices } from "./described-section.js";
import { dropSubsection } from "./drop-subsection.js";
import type { StreamEdits, SubsectionName } from "./stream-edits.js";
import type { SectionItem, VmDescriptionItem } from "./stream-item.js";
import type { VmDescription, VmDevice, VmState } from "./vm-description.js";

/** Edits the data of vmstate sections, and then the description to match. */
export class SectionEditor {
  readonly #edits: StreamEdits;
  readonly #devices: DescribedDevices;
  /** Descriptions that have changed, by what they were. */
  readonly #changed = new Map<string, VmDevice>();
  readonly #missing: Set<SubsectionName>;

  constructor(edits: StreamEdits, description: VmDescription | undefined) {
    this.#edits = edits;
    this.#devices = new DescribedDevices(description);
    this.#missing = new Set(edits.dropSubsections);
  }

  /** A section's data as it is to be. */
  data(item: SectionItem): Uint8Array {
    let data = item.data ?? new Uint8Array(0);
    let device = this.#devices.find(item.idstr, item.instanceId);
    if (!device || item.end !== "described") return data;
    for (const drop of this.#edits.dropSubsections ?? []) {
      if (drop.idstr !== item.idstr) continue;
      const { dropped, ...left } = dropSubsection(data, device, drop.subsection);
      if (dropped === 0) continue;
      this.#missing.delete(drop);
      data = left.data;
      device = left.state;
      this.#changed.set(key(device), device);
    }
    return data;
  }

  /** The description of what was written: its own text if nothing has changed. */
  description({ description, json }: VmDescriptionItem): VmDescription | string {
    const { machine } = this.#edits;
    if (machine === undefined && this.#changed.size === 0) return json;
    const devices = description.devices.map((device) => this.#changed.get(key(device)) ?? device);
    const { configuration } = description;
    if (machine === undefined || !configuration) return { ...description, devices };
    return { ...description, devices, configuration: named(configuration, machine) };
  }

  /** Throws `RangeError` if a subsection that was to be dropped was nowhere. */
  check(): void {
    for (const { idstr, subsection } of this.#missing) {
      throw new RangeError(`no subsection "${subsection}" that is described in "${idstr}"`);
    }
  }
}

function key({ name, instanceId }: VmDevice): string {
  return `${instanceId} ${name}`;
}

/** QEMU migration/savevm.c: vmstate_configuration has the machine type in its field `name`. */
function named(configuration: VmState, machine: string): VmState {
  const size = encodeUtf8(machine).length;
  const fields = configuration.fields.map((field) =>
    field.name === "name" ? { ...field, size } : field,
  );
  return { ...configuration, fields };
}
