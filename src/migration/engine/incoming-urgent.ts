import {
  trace_postcopy_preempt_new_channel,
  trace_postcopy_preempt_thread_entry,
  trace_postcopy_preempt_thread_exit,
} from "../../../generated/migration.js";
import { RamChannelReader } from "../wire/ram-channel-reader.js";
import type { Patience } from "./abortable.js";
import type { ChannelInput } from "./channel-input.js";
import type { IncomingPages } from "./incoming-pages.js";
import { PostcopyChannel, PostcopyRecords } from "./postcopy-records.js";

/**
 * Reads postcopy's channel for urgent pages to its end; `first` are the bytes that it begins with,
 * `moved` is called when pages have come. With `again`, it takes the place of one that was lost.
 * Throws `DecodeError`.
 */
export async function readUrgent(
  pages: IncomingPages,
  first: Uint8Array,
  input: ChannelInput,
  patience: Patience,
  again: boolean,
  moved: () => void,
): Promise<void> {
  trace_postcopy_preempt_new_channel();
  await pages.listed(patience);
  // The thread of the channel that was lost goes on.
  if (!again) trace_postcopy_preempt_thread_entry();
  const records = new PostcopyRecords(PostcopyChannel.urgent);
  const reader = new RamChannelReader(pages.blocks, pages.pageBytes, pages.urgentSink(records));
  for (let chunk: Uint8Array | undefined = first; chunk; chunk = await input.read(patience)) {
    reader.append(chunk);
    if (reader.next()) records.eos();
    await pages.changed();
    moved();
  }
  trace_postcopy_preempt_thread_exit();
}
