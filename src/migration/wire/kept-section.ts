import { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import type { Steps } from "../../bytes/steps.js";
import { MAX_SECTION } from "./constants.js";
import type { SectionContent, SectionHead } from "./stream-item.js";
import type { SectionDecoder } from "./stream-reader-options.js";

/** Reads a section's data by its decoder, which has a window of its own, and gives a copy of it. */
export function* readKept(
  window: ByteWindow,
  head: SectionHead,
  decoder: SectionDecoder,
): Steps<never, SectionContent> {
  const own = new ByteWindow("big", undefined, window.offset);
  const steps = decoder(own, head);
  for (let given = 0; ; ) {
    // What lies in a window may move when more is appended to it.
    own.append(window.peekBytes(window.available - given, given).slice());
    given = window.available;
    if (window.ended) own.end();
    const step = steps.next();
    if (step.done) {
      const data = window.bytes(own.offset - window.offset).slice();
      return { ...step.value, data };
    }
    if (given > MAX_SECTION) {
      throw new DecodeError(`more than ${MAX_SECTION} bytes, which are not kept`, window.offset);
    }
    yield undefined;
  }
}
