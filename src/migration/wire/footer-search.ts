import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { ready, type Steps } from "../../bytes/steps.js";
import { commandLength, commandName } from "./command-table.js";
import { FOOTER_SIZE, ItemType, MAX_SECTION } from "./constants.js";
import type { SectionHead } from "./stream-item.js";

/** What is known of the stream where a footer is looked for. */
export interface FooterSearchContext {
  /** The sections that began with START, by id. */
  readonly started: ReadonlyMap<number, SectionHead>;
  /** Absolute offset behind the last byte of the package around, within PACKAGED. */
  readonly packageEnd: number | undefined;
}

/** Bytes to look at behind a footer: the longest head of a section. */
const LOOK_AHEAD = 1 + 4 + 1 + 255 + 8;

/**
 * Finds the end of a section that nothing describes: the first footer with its id behind which a
 * well-formed item stands. Gives the length of the data, which stays in the window.
 */
export function* searchFooter(
  window: ByteWindow,
  sectionId: number,
  context: FooterSearchContext,
): Steps<never, number> {
  let at = 0;
  for (;;) {
    const whole = yield* ready(window, at + FOOTER_SIZE);
    at = nextFooter(window, at, sectionId);
    if (at + FOOTER_SIZE <= window.available) {
      yield* ready(window, at + FOOTER_SIZE + LOOK_AHEAD);
      if (isItemAt(window, at + FOOTER_SIZE, context)) return at;
      at += 1;
    } else if (!whole || window.ended) {
      throw new DecodeError(`cut short: no footer of section ${sectionId}`, window.offset + at);
    }
    if (at > MAX_SECTION) {
      throw new DecodeError(`no footer of section ${sectionId} in ${at} bytes`, window.offset);
    }
  }
}

/** Where the next footer with the id stands, or where to go on when there are more bytes. */
function nextFooter(window: ByteWindow, from: number, sectionId: number): number {
  const bytes = window.peekBytes(window.available);
  for (let at = from; ; at += 1) {
    at = bytes.indexOf(ItemType.sectionFooter, at);
    if (at < 0) return bytes.length;
    if (at + FOOTER_SIZE > bytes.length || window.peekU32(at + 1) === sectionId) return at;
  }
}

/** Whether what stands there, as far as it goes, is the head of an item. */
function isItemAt(window: ByteWindow, at: number, context: FooterSearchContext): boolean {
  const left = window.available - at;
  if (context.packageEnd !== undefined) {
    const behind = context.packageEnd - (window.offset + at);
    if (behind <= 0) return behind === 0;
  }
  if (left === 0) return true;
  switch (window.peekU8(at)) {
    case ItemType.eof:
      return left === 1 || window.peekU8(at + 1) === ItemType.vmDescription;
    case ItemType.sectionStart:
    case ItemType.sectionFull:
      return isFullHead(window, at + 1, context);
    case ItemType.sectionPart:
    case ItemType.sectionEnd:
      return left < 5 || context.started.has(window.peekU32(at + 1));
    case ItemType.command:
      return left < 5 || isCommandHead(window.peekU32(at + 1));
    default:
      return false;
  }
}

function isCommandHead(head: number): boolean {
  const name = commandName(head >>> 16);
  if (!name) return false;
  return (commandLength(name) ?? head & 0xffff) === (head & 0xffff);
}

/** An id not used by an iterable section, a printable idstr, a version as devices have them. */
function isFullHead(window: ByteWindow, at: number, { started }: FooterSearchContext): boolean {
  const left = window.available - at;
  if (left >= 4 && started.has(window.peekU32(at))) return false;
  if (left < 5) return true;
  const length = window.peekU8(at + 4);
  const name = window.peekBytes(Math.min(length, left - 5), at + 5);
  if (length === 0 || !name.every((byte) => byte > 0x20 && byte < 0x7f)) return false;
  return left < 13 + length || window.peekU32(at + 9 + length) <= 0xffff;
}
