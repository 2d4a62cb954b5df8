import { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { DescribedDevices } from "./described-section.js";
import type { HeldBytes } from "./held-bytes.js";
import { isSection, type SectionItem, type StreamItem } from "./stream-item.js";
import type { VmDescription, VmDevice } from "./vm-description.js";
import { vmStateSize, walkVmState } from "./vmstate-by-description.js";

/**
 * Items whose ends were guessed by their footers, as described if all of them are: `undefined` if
 * one is not. `bytes` holds what they were read from.
 */
export function asDescribed(
  items: readonly StreamItem[],
  bytes: HeldBytes,
  description: VmDescription,
): readonly StreamItem[] | undefined {
  const devices = new DescribedDevices(description);
  const result: StreamItem[] = [];
  for (const item of items) {
    const device = isGuess(item) ? devices.find(item.idstr, item.instanceId) : undefined;
    if (device && !isAsDescribed(item as SectionItem, bytes, device)) return undefined;
    result.push(device ? { ...(item as SectionItem), end: "described" } : item);
  }
  return result;
}

function isGuess(item: StreamItem): item is SectionItem {
  return isSection(item) && item.type === "section-full" && item.end === "footer";
}

function isAsDescribed(item: SectionItem, bytes: HeldBytes, device: VmDevice): boolean {
  if (vmStateSize(device) !== item.dataSize) return false;
  const data = bytes.slice(item.dataOffset, item.dataSize);
  try {
    walkVmState(new ByteWindow("big", data, item.dataOffset), device);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}
