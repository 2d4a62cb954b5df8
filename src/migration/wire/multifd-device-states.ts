import { ByteWindow } from "../../bytes/byte-window.js";
import type { MultifdDeviceState } from "./multifd-packet.js";

/** What came of a device by multifd channels, over all of them. */
export interface DeviceStatePackets {
  readonly idstr: string;
  readonly instanceId: number;
  readonly packets: number;
  /** Bytes of all payloads. */
  readonly size: number;
  /** Where the payloads are numbered, as those of a device of the host (`…/vfio`) are. */
  readonly numbered?: NumberedPackets;
}

/** Packets with a number, which are put in order by it. */
export interface NumberedPackets {
  /** Bytes of the device's config, the last one by number; `undefined` if it did not come. */
  readonly config: number | undefined;
  /** How many up to the config did not come. */
  readonly missing: number;
}

/** Bytes that tell a payload's number (QEMU hw/vfio/migration-multifd.c: VFIODeviceStatePacket). */
export const DEVICE_STATE_HEAD = 12;
const VERSION = 0;
const CONFIG = 1;

interface Draft {
  readonly idstr: string;
  readonly instanceId: number;
  packets: number;
  size: number;
  /** Until one comes whose payload does not begin as those do. */
  numbered: boolean;
  config: { readonly index: number; readonly size: number } | undefined;
}

/** Joins the packets of device state that came by several channels, by device. */
export class MultifdDeviceStates {
  readonly #devices = new Map<string, Draft>();

  /** Takes the next packet; `head` are the first bytes of its payload, up to `DEVICE_STATE_HEAD`. */
  add({ idstr, instanceId, payloadSize }: MultifdDeviceState, head: Uint8Array): void {
    const key = `${instanceId} ${idstr}`;
    const draft = this.#devices.get(key) ?? newDraft(idstr, instanceId);
    this.#devices.set(key, draft);
    draft.packets += 1;
    draft.size += payloadSize;
    draft.numbered &&= takeNumber(draft, payloadSize, head);
  }

  /** What came of each device, in the order of their first packets. */
  devices(): DeviceStatePackets[] {
    return Array.from(this.#devices.values(), ({ numbered, config, ...counted }) => {
      if (!numbered) return counted;
      const missing = config ? config.index + 1 - counted.packets : 0;
      return { ...counted, numbered: { config: config?.size, missing: Math.max(0, missing) } };
    });
  }
}

function newDraft(idstr: string, instanceId: number): Draft {
  const numbered = idstr.endsWith("/vfio");
  return { idstr, instanceId, packets: 0, size: 0, numbered, config: undefined };
}

function takeNumber(draft: Draft, payloadSize: number, head: Uint8Array): boolean {
  if (head.length < DEVICE_STATE_HEAD) return false;
  const window = new ByteWindow("big", head);
  if (window.u32() !== VERSION) return false;
  const index = window.u32();
  if (window.u32() & CONFIG) draft.config = { index, size: payloadSize - DEVICE_STATE_HEAD };
  return true;
}
