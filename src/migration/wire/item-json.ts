import { ItemType } from "./constants.js";
import type {
  CommandItem,
  ConfigurationItem,
  RamBlockInfo,
  RamCounts,
  SectionItem,
  StreamItem,
} from "./stream-item.js";

/** An item as one line of JSON has it. */
export interface ItemJson {
  /** Absolute offset of the type byte. */
  readonly offset: number;
  /** The type byte. */
  readonly type: number;
  /** 1 within PACKAGED; left out in the stream itself. */
  readonly depth?: number;
  readonly section?: number;
  readonly idstr?: string;
  readonly instance?: number;
  /** Of START and FULL. */
  readonly version?: number;
  /** Absolute offset of a section's data. */
  readonly data?: number;
  readonly end?: string;
  readonly ram?: RamCounts;
  /** Name and used length of the RAM blocks. */
  readonly blocks?: readonly (readonly [string, number])[];
  /** Names of blocks whose memory x-ignore-shared keeps out of a mapped-ram file. */
  readonly ignored?: readonly string[];
  readonly footer?: boolean;
  readonly command?: number;
  readonly name?: string;
  /** A command's payload in hexadecimal. */
  readonly payload?: string;
  readonly machine?: string;
  readonly subsections?: readonly string[];
  readonly caps?: readonly string[];
  /** Bytes of the item, a footer included. */
  readonly size: number;
}

const TYPE_BYTES: Readonly<Record<StreamItem["type"], number>> = {
  eof: ItemType.eof,
  "section-start": ItemType.sectionStart,
  "section-part": ItemType.sectionPart,
  "section-end": ItemType.sectionEnd,
  "section-full": ItemType.sectionFull,
  "vm-description": ItemType.vmDescription,
  configuration: ItemType.configuration,
  command: ItemType.command,
};

/** An item as JSON, with the names that `recordings/NAME/items.jsonl` has. */
export function itemToJson(item: StreamItem): ItemJson {
  const { offset, depth, size } = item;
  const place = { offset, type: TYPE_BYTES[item.type], ...(depth > 0 && { depth }) };
  return { ...place, ...specific(item), size };
}

function specific(item: StreamItem): object {
  switch (item.type) {
    case "configuration":
      return configurationJson(item);
    case "command":
      return commandJson(item);
    case "eof":
    case "vm-description":
      return {};
    default:
      return sectionJson(item);
  }
}

function configurationJson({ machine, subsections, capabilities }: ConfigurationItem): object {
  return { machine, ...(subsections.length > 0 && { subsections }), caps: capabilities };
}

function commandJson({ number, command, payload }: CommandItem): object {
  const hex = Array.from(payload, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { command: number, name: command.name, payload: hex };
}

function sectionJson(item: SectionItem): object {
  const ignored = item.blocks?.filter((block) => block.ignored).map(({ name }) => name) ?? [];
  const named = item.type === "section-start" || item.type === "section-full";
  return {
    section: item.sectionId,
    idstr: item.idstr,
    instance: item.instanceId,
    ...(named && { version: item.version }),
    data: item.dataOffset,
    end: item.end,
    ...(item.ram && { ram: item.ram }),
    ...(item.blocks && { blocks: item.blocks.map(blockJson) }),
    ...(ignored.length > 0 && { ignored }),
    footer: item.footer,
  };
}

function blockJson(block: RamBlockInfo): readonly [string, number] {
  return [block.name, block.usedLength];
}
