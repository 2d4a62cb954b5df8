import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import type { Steps } from "../../bytes/steps.js";

/** The bytes of the stream, as who decodes a section sees them: the next one is its data's. */
export type SectionWindow = ByteWindow;

/** Decoding that can stop anywhere for want of bytes, and gives an `R` in the end. */
export type SectionSteps<R = void> = Steps<never, R>;

/** Runs steps such that a `DecodeError` of theirs names what was being read, outermost first. */
export function* within<R>(name: string, steps: SectionSteps<R>): SectionSteps<R> {
  try {
    return yield* steps;
  } catch (error) {
    throw error instanceof DecodeError ? error.within(name) : error;
  }
}
