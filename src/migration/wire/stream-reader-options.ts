import type { CommandName } from "./command-table.js";
import type { RamSink } from "./ram-sink.js";
import type { SectionSteps, SectionWindow } from "./section-window.js";
import type { RamBlockInfo, SectionContent, SectionHead } from "./stream-item.js";
import type { VmDescription } from "./vm-description.js";

/** Reads a section's data, to its very end. Anything that it throws ends the reading. */
export type SectionDecoder = (
  window: SectionWindow,
  section: SectionHead,
) => SectionSteps<SectionContent>;

/** Told what is being read before an item is whole: the moments at which a destination traces. */
export interface StreamObserver {
  /** Magic and version were read; the connection by which a paused postcopy goes on has none. */
  header?(): void;
  /** An item's type byte was read. */
  item?(type: number, offset: number): void;
  /** A section's head was read, its data comes next. */
  section?(section: SectionHead): void;
  /** A section's data was read, its footer comes next. */
  sectionData?(section: SectionHead): void;
  /** A command's number and length were read, and are not checked yet. */
  command?(name: CommandName, length: number): void;
}

/** How a stream is to be read. */
export interface StreamReaderOptions {
  /** The VMDESCRIPTION, if known beforehand (see `findVmDescription`): it ends vmstate sections. */
  readonly description?: VmDescription;
  /** Offset of the first byte that will be fed, 0 unless the stream lies within something else. */
  readonly offset?: number;
  /** What will be fed goes on behind an item of a stream that has CONFIGURATION, without a header. */
  readonly continued?: boolean;
  /** Bytes of a page of the target; else what configuration or description say, else 4096. */
  readonly pageSize?: number;
  /** RAM blocks known beforehand: those of the connection that was lost, for the one after it. */
  readonly blocks?: readonly RamBlockInfo[];
  /** Takes what RAM records hold. */
  readonly ram?: RamSink;
  /** A decoder of one's own for a section; asked first, before all that is built in. */
  readonly decoderOf?: (section: SectionHead) => SectionDecoder | undefined;
  readonly observer?: StreamObserver;
  /** Whether items of sections other than RAM carry a copy of their data. */
  readonly keepData?: boolean;
}
