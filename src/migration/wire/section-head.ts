import type { ByteWindow } from "../../bytes/byte-window.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { need, type Steps } from "../../bytes/steps.js";
import { FOOTER_SIZE, ItemType } from "./constants.js";
import { readCountedString, writeCountedString } from "./counted-string.js";
import type { SectionHead, SectionType } from "./stream-item.js";

/** Reads the head of START or FULL behind the type byte. */
export function* readFullHead(
  window: ByteWindow,
  type: "section-start" | "section-full",
): Steps<never, SectionHead> {
  yield* need(window, 4);
  const sectionId = window.u32();
  const idstr = yield* readCountedString(window);
  yield* need(window, 8);
  const instanceId = window.u32();
  const version = window.u32();
  return { type, sectionId, idstr, instanceId, version, dataOffset: window.offset };
}

/** Reads the head of PART or END behind the type byte; `startOf` gives the START of a section's id. */
export function* readPartHead(
  window: ByteWindow,
  type: "section-part" | "section-end",
  startOf: (sectionId: number) => Omit<SectionHead, "type" | "dataOffset"> | undefined,
): Steps<never, SectionHead> {
  yield* need(window, 4);
  const sectionId = window.u32();
  const start = startOf(sectionId);
  if (!start) {
    throw new DecodeError(`section ${sectionId} goes on, but never began`, window.offset - 4);
  }
  return { ...start, type, dataOffset: window.offset };
}

/** Reads a footer with its type byte; throws `DecodeError` if it is none or of another section. */
export function* readFooter(window: ByteWindow, sectionId: number): Steps<never> {
  yield* need(window, 1);
  if (window.peekU8() !== ItemType.sectionFooter) {
    throw new DecodeError(`no footer, but 0x${window.peekU8().toString(16)}`, window.offset);
  }
  yield* need(window, FOOTER_SIZE);
  const found = window.peekU32(1);
  if (found !== sectionId) {
    throw new DecodeError(`footer of section ${found}`, window.offset + 1);
  }
  window.skip(FOOTER_SIZE);
}

const TYPE_BYTE: Readonly<Record<SectionType, number>> = {
  "section-start": ItemType.sectionStart,
  "section-part": ItemType.sectionPart,
  "section-end": ItemType.sectionEnd,
  "section-full": ItemType.sectionFull,
};

/** Writes a section's type byte and head. */
export function writeSectionHead(writer: ByteWriter, head: Omit<SectionHead, "dataOffset">): void {
  writer.u8(TYPE_BYTE[head.type]).u32(head.sectionId);
  if (head.type === "section-part" || head.type === "section-end") return;
  writeCountedString(writer, head.idstr);
  writer.u32(head.instanceId).u32(head.version);
}

/** Writes a section's footer with its type byte. */
export function writeFooter(writer: ByteWriter, sectionId: number): void {
  writer.u8(ItemType.sectionFooter).u32(sectionId);
}
