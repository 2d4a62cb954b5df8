import { DecodeError } from "../../bytes/decode-error.js";
import { DEFAULT_PAGE_SIZE } from "./constants.js";
import { decodeState } from "./decode-state.js";
import { DescribedDevices } from "./described-section.js";
import type { DeviceStatePackets } from "./multifd-device-states.js";
import type { StateNode } from "./state-value.js";
import { isSection, type RamBlockInfo, type SectionItem, type StreamItem } from "./stream-item.js";
import type { VmDescription, VmDevice } from "./vm-description.js";

/** What a section that began in the stream holds. */
export type SectionState = SectionPlace &
  (
    | { readonly kind: "vmstate"; readonly state: StateNode }
    | { readonly kind: "ram"; readonly blocks: readonly RamBlockInfo[] }
    /** Nothing describes it: its bytes, unless it is of a form of its own. */
    | { readonly kind: "opaque"; readonly data?: Uint8Array }
  );

interface SectionPlace {
  readonly sectionId: number;
  readonly idstr: string;
  readonly instanceId: number;
  readonly version: number;
  /** Absolute offset of the data. */
  readonly offset: number;
  /** Bytes of the data, over all its parts. */
  readonly size: number;
  /** What came of the device by multifd channels. */
  readonly multifd?: DeviceStatePackets;
}

/** Makes the state of a machine from a stream's items, which must have been read with `keepData`. */
export class StateCollector {
  readonly #sections = new Map<number, { first: SectionItem; size: number }>();
  #description: VmDescription | undefined;
  #pageSize = DEFAULT_PAGE_SIZE;

  /** Takes the next item. */
  add(item: StreamItem): void {
    if (item.type === "vm-description") {
      this.#description = item.description;
      this.#pageSize = item.description.pageSize;
    } else if (item.type === "configuration" && item.targetPageBits) {
      this.#pageSize = 2 ** item.targetPageBits;
    }
    if (!isSection(item)) return;
    const known = this.#sections.get(item.sectionId);
    if (known) known.size += item.dataSize;
    else this.#sections.set(item.sectionId, { first: item, size: item.dataSize });
  }

  /** Bytes of a page of the target, as far as the stream tells it. */
  get pageSize(): number {
    return this.#pageSize;
  }

  /**
   * The sections in the order in which they began, with what came of them by multifd channels. The description is the one given, else that of
   * the stream. Throws `DecodeError` where a section is not as described.
   */
  sections(
    description: VmDescription | undefined = this.#description,
    byChannels: readonly DeviceStatePackets[] = [],
  ): SectionState[] {
    const devices = new DescribedDevices(description);
    return Array.from(this.#sections.values(), ({ first, size }) => {
      const section = sectionState(first, size, devices);
      const multifd = byChannels.find((packets) => isOf(packets, first));
      return multifd ? { ...section, multifd } : section;
    });
  }
}

function isOf(packets: DeviceStatePackets, section: SectionItem): boolean {
  return packets.idstr === section.idstr && packets.instanceId === section.instanceId;
}

function sectionState(item: SectionItem, size: number, devices: DescribedDevices): SectionState {
  const { sectionId, idstr, instanceId, version, dataOffset: offset, data } = item;
  const place = { sectionId, idstr, instanceId, version, offset, size };
  if (item.blocks) return { ...place, kind: "ram", blocks: item.blocks };
  const device = devices.find(idstr, instanceId);
  if (!device || !data) return { ...place, kind: "opaque", ...(data && { data }) };
  return { ...place, kind: "vmstate", state: decodeSection(data, device, item) };
}

function decodeSection(data: Uint8Array, device: VmDevice, item: SectionItem): StateNode {
  try {
    return decodeState(data, device, item.dataOffset);
  } catch (error) {
    const name = `section ${item.sectionId} "${item.idstr}"`;
    throw error instanceof DecodeError ? error.within(name) : error;
  }
}
