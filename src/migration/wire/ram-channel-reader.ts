import type { ByteWindow } from "../../bytes/byte-window.js";
import { FedReader } from "../../bytes/fed-reader.js";
import type { Steps } from "../../bytes/steps.js";
import { RAM_VERSION } from "./constants.js";
import { RamSectionReader } from "./ram-section.js";
import type { RamSink } from "./ram-sink.js";
import type { RamBlockInfo, RamCounts } from "./stream-item.js";

/**
 * Reads a channel that has nothing but RAM records, up to their EOS or its end, as not all sources
 * send one: the channel of postcopy for pages that were asked for (QEMU migration/postcopy-ram.c:
 * postcopy_preempt_thread). Gives the counts at its end; pages go to the sink.
 */
export class RamChannelReader extends FedReader<RamCounts> {
  /** `blocks` are those of the main channel's list, by name. */
  constructor(blocks: ReadonlyMap<string, RamBlockInfo>, pageSize: number, sink: RamSink) {
    super("big", (window) => readRecords(window, blocks, pageSize, sink));
  }
}

function* readRecords(
  window: ByteWindow,
  blocks: ReadonlyMap<string, RamBlockInfo>,
  pageSize: number,
  sink: RamSink,
): Steps<RamCounts> {
  const features = {
    pageSize,
    pageSizeKnown: true,
    mappedRam: false,
    ignoreShared: false,
    postcopy: true,
  };
  const reader = new RamSectionReader(features, sink, [...blocks.values()]);
  const section = { sectionId: 0, idstr: "ram", instanceId: 0, version: RAM_VERSION } as const;
  const head = { ...section, type: "section-part", dataOffset: 0 } as const;
  const { ram = {} } = yield* reader.read(window, head, true);
  yield ram;
}
