import type { ByteWriter } from "../../bytes/byte-writer.js";
import { need, ready } from "../../bytes/steps.js";
import { decodeUtf8, encodeUtf8 } from "../../bytes/utf8.js";
import { ItemType } from "./constants.js";
import { writeCountedString } from "./counted-string.js";
import type { SectionSteps, SectionWindow } from "./section-window.js";

/**
 * The name of the subsection that begins here, without consuming it; `undefined` if none does.
 * Where a vmstate ends, a byte follows in any case: a footer, if nothing else.
 */
export function* peekSubsection(window: SectionWindow): SectionSteps<string | undefined> {
  yield* need(window, 1);
  if (window.peekU8() !== ItemType.subsection) return undefined;
  // Within a vmstate it may be data that only looks like one: the input may end before its end.
  if (!(yield* ready(window, 2))) return undefined;
  const length = window.peekU8(1);
  if (!(yield* ready(window, 2 + length))) return undefined;
  return decodeUtf8(window.peekBytes(length, 2));
}

/** Consumes the head of the subsection that was peeked at, and gives its version. */
export function* readSubsectionVersion(window: SectionWindow): SectionSteps<number> {
  window.skip(1);
  window.skip(window.u8());
  yield* need(window, 4);
  return window.u32();
}

/** Writes the head of a subsection with its type byte. */
export function writeSubsectionHead(writer: ByteWriter, name: string, version: number): void {
  writer.u8(ItemType.subsection);
  writeCountedString(writer, name);
  writer.u32(version);
}

/** Bytes of a subsection's head: type byte, name with its length, version. */
export function subsectionHeadSize(name: string): number {
  return 1 + 1 + encodeUtf8(name).length + 4;
}
