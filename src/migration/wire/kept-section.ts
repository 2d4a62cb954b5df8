import { ByteWindow } from "../../bytes/byte-window.js";
import type { Steps } from "../../bytes/steps.js";
import type { SectionContent, SectionHead } from "./stream-item.js";
import type { SectionDecoder } from "./stream-reader-options.js";

/**
 * Reads a section's data by its decoder, and gives a copy of it: where the bytes do not suffice yet,
 * the decoder begins anew with more of them.
 */
export function* readKept(
  window: ByteWindow,
  head: SectionHead,
  decoder: SectionDecoder,
): Steps<never, SectionContent> {
  for (;;) {
    const own = new ByteWindow("big", window.peekBytes(window.available), window.offset);
    if (window.ended) own.end();
    const step = decoder(own, head).next();
    if (step.done) {
      const data = window.bytes(own.offset - window.offset).slice();
      return { ...step.value, data };
    }
    yield undefined;
  }
}
