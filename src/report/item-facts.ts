import {
  isSection,
  type SectionItem,
  type StreamItem,
  type VmDescriptionItem,
} from "../migration/wire/stream-item.js";
import { formatBytes } from "./units.js";

/** Something that is known of an item, in words. */
export type Fact = readonly [name: string, value: string];

/** What an item's bytes say, but for its offset and size. */
export function itemFacts(item: StreamItem): Fact[] {
  if (isSection(item)) return sectionFacts(item);
  switch (item.type) {
    case "command":
      return item.payload.length === 0 ? [] : [["payload", hexadecimal(item.payload)]];
    case "configuration":
      return [
        ["machine", item.machine],
        ...list("capabilities", item.capabilities),
        ...list("subsections", item.subsections),
      ];
    case "vm-description":
      return descriptionFacts(item);
    default:
      return [];
  }
}

const ENDS: Readonly<Record<SectionItem["end"], string>> = {
  described: "the stream's VMDESCRIPTION",
  self: "its own records",
  footer: "a search for its footer",
};

function sectionFacts(item: SectionItem): Fact[] {
  const { ram = {}, blocks = [] } = item;
  const records = Object.entries(ram).map(([kind, count]) => `${count} ${kind}`);
  const named = item.type === "section-start" || item.type === "section-full";
  return [
    ["section id", String(item.sectionId)],
    ["instance", String(item.instanceId)],
    ...(named ? [["version", String(item.version)] as const] : []),
    ["data", `${item.dataSize} B at 0x${item.dataOffset.toString(16)}`],
    ["end found by", ENDS[item.end]],
    ["footer", item.footer ? "yes" : "none"],
    ...list("RAM records", records),
    ...blocks.map(({ name, usedLength }): Fact => [`block ${name}`, formatBytes(usedLength)]),
  ];
}

function descriptionFacts({ description }: VmDescriptionItem): Fact[] {
  return [
    ["devices", String(description.devices.length)],
    ["page size", formatBytes(description.pageSize)],
  ];
}

function list(name: string, values: readonly string[]): Fact[] {
  return values.length === 0 ? [] : [[name, values.join(", ")]];
}

function hexadecimal(payload: Uint8Array): string {
  const shown = Array.from(payload.subarray(0, 32), (byte) => byte.toString(16).padStart(2, "0"));
  return `${shown.join(" ")}${payload.length > 32 ? ` … (${payload.length} B)` : ""}`;
}
