import type { CommandName } from "./command-table.js";
import type { VmDescription } from "./vm-description.js";

/**
 * How a section's end was found: by the VMDESCRIPTION's fields, by the section's own data (RAM, a
 * decoder that was plugged in), or by searching for its footer.
 */
export type SectionEnd = "described" | "self" | "footer";

/** The four kinds of sections. */
export type SectionType = "section-start" | "section-part" | "section-end" | "section-full";

/** What a section says of itself in front of its data; of PART and END as their START said it. */
export interface SectionHead {
  readonly type: SectionType;
  readonly sectionId: number;
  readonly idstr: string;
  readonly instanceId: number;
  readonly version: number;
  /** Absolute offset of the section's data. */
  readonly dataOffset: number;
}

/** A RAM block as the block list of `ram`'s START gives it. */
export interface RamBlockInfo {
  readonly name: string;
  /** Bytes of guest memory in use; infinite where only a connection before this one told them. */
  readonly usedLength: number;
  /** Bytes of a page of the host, where postcopy made the source say it. */
  readonly hostPageSize?: number;
  /** Guest physical address, with the capability x-ignore-shared. */
  readonly address?: bigint;
  /** True under mapped-ram for a block that x-ignore-shared kept out of the file. */
  readonly ignored?: true;
}

/** How many records of each kind a RAM section holds; kinds without a record are left out. */
export interface RamCounts {
  readonly page?: number;
  readonly zero?: number;
  readonly xbzrle?: number;
  readonly compressed?: number;
  readonly hook?: number;
  readonly flush?: number;
  /** Pages in the file under mapped-ram. */
  readonly mapped?: number;
}

/** What decoding found in a section's data. */
export interface SectionContent {
  readonly end: SectionEnd;
  readonly ram?: RamCounts;
  readonly blocks?: readonly RamBlockInfo[];
  /** The data itself, of sections other than RAM, if the reader was told to keep it. */
  readonly data?: Uint8Array;
}

interface ItemPlace {
  /** Absolute offset of the item's type byte. */
  readonly offset: number;
  /** Bytes of the whole item, a section's footer included; of PACKAGED without what is packed. */
  readonly size: number;
  /** 0 in the stream itself, 1 within PACKAGED. */
  readonly depth: number;
}

/** A section: START, PART, END or FULL. */
export interface SectionItem extends ItemPlace, SectionHead, SectionContent {
  /** Bytes of the data, without head and footer. */
  readonly dataSize: number;
  /** Whether a footer followed; machine types before 2.4 send none. */
  readonly footer: boolean;
  /** Of a section that only a trace names, which does not show its kind: `type` is a guess. */
  readonly kindUnknown?: true;
}

/** The machine that the state is of. */
export interface Configuration {
  /** Name of the machine type, such as `pc-q35-10.2`. */
  readonly machine: string;
  /** Names of the subsections that were sent, in order. */
  readonly subsections: readonly string[];
  /** Of the migration capabilities only `x-ignore-shared` and `mapped-ram` are ever listed. */
  readonly capabilities: readonly string[];
  readonly targetPageBits?: number;
  /** 32 hexadecimal digits. */
  readonly uuid?: string;
}

/** CONFIGURATION, the first item of every stream of machine types since 2.4. */
export interface ConfigurationItem extends ItemPlace, Configuration {
  readonly type: "configuration";
}

/** A run of guest memory in a block. */
export interface RamRange {
  readonly start: number;
  readonly length: number;
}

/** A command, with what its payload says. */
export type Command =
  | { readonly name: Exclude<CommandName, PayloadCommandName> }
  | { readonly name: "PING"; readonly value: number }
  | {
      readonly name: "POSTCOPY_ADVISE";
      /** The host's page sizes at the source, or'ed; absent if only dirty bitmaps are to follow. */
      readonly pageSizeSummary?: number;
      readonly targetPageSize?: number;
    }
  | {
      readonly name: "POSTCOPY_RAM_DISCARD";
      readonly block: string;
      readonly ranges: readonly RamRange[];
    }
  | { readonly name: "PACKAGED"; readonly length: number }
  | { readonly name: "RECV_BITMAP"; readonly block: string };

type PayloadCommandName =
  | "PING"
  | "POSTCOPY_ADVISE"
  | "POSTCOPY_RAM_DISCARD"
  | "PACKAGED"
  | "RECV_BITMAP";

/** COMMAND. Behind a PACKAGED, the items that it packs follow with a `depth` of 1. */
export interface CommandItem extends ItemPlace {
  readonly type: "command";
  readonly number: number;
  readonly command: Command;
  readonly payload: Uint8Array;
}

/** The end of the state. */
export interface EofItem extends ItemPlace {
  readonly type: "eof";
}

/** VMDESCRIPTION, behind the end. */
export interface VmDescriptionItem extends ItemPlace {
  readonly type: "vm-description";
  readonly description: VmDescription;
  /** The description as it stood there. */
  readonly json: string;
}

/** One item of a migration stream. */
export type StreamItem =
  | ConfigurationItem
  | SectionItem
  | CommandItem
  | EofItem
  | VmDescriptionItem;

/** Whether an item is a section. */
export function isSection(item: StreamItem): item is SectionItem {
  return item.type.startsWith("section-");
}
