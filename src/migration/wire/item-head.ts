import type { ByteWindow } from "../../bytes/byte-window.js";
import { commandLength, commandName } from "./command-table.js";
import { ItemType } from "./constants.js";
import type { SectionHead } from "./stream-item.js";

/**
 * What stands at a place where an item may begin:
 * - `none`: no item,
 * - `cut`: an item's head as far as the bytes go, which is not to its end,
 * - `end`: the end of the state, or what only a real item has: a section that began before goes on,
 * - `command`: a command, and where the next item is,
 * - `section`: the head of a FULL, and where its data is.
 */
export type ItemHead =
  | { readonly kind: "none" | "cut" | "end" }
  | { readonly kind: "command"; readonly next: number }
  | { readonly kind: "section"; readonly sectionId: number; readonly data: number };

/** Bytes that are looked at: the longest head of a section. */
export const LONGEST_HEAD = 1 + 4 + 1 + 255 + 8;

const NONE: ItemHead = { kind: "none" };
const CUT: ItemHead = { kind: "cut" };
const END: ItemHead = { kind: "end" };

/** What the JSON of a VMDESCRIPTION begins with. */
const BRACE = 0x7b;

/** Most devices have versions up to there (QEMU hw/watchdog/wdt_i6300esb.c has 10000). */
const MAX_VERSION = 0xffff;
/** An eeprom's is a date (QEMU hw/nvram/eeprom93xx.c: an i82551's is 20061113). */
const DATES = { first: 2000_01_01, last: 2099_12_31 } as const;

/**
 * The head of an item `at` bytes from here, of which `LONGEST_HEAD` bytes are there unless the input
 * ends before. `started` are the sections that began with START, by id.
 */
export function itemHeadAt(
  window: ByteWindow,
  at: number,
  started: ReadonlyMap<number, SectionHead>,
): ItemHead {
  const left = window.available - at;
  if (left <= 0) return CUT;
  switch (window.peekU8(at)) {
    case ItemType.eof:
      return isEnd(window, at, left) ? END : NONE;
    case ItemType.sectionStart:
    case ItemType.sectionFull:
      return namedHead(window, at, started);
    case ItemType.sectionPart:
    case ItemType.sectionEnd:
      if (left < 5) return CUT;
      return started.has(window.peekU32(at + 1)) ? END : NONE;
    case ItemType.command:
      return left < 5 ? CUT : commandHead(window.peekU32(at + 1), at);
    default:
      return NONE;
  }
}

/** Nothing stands behind EOF, or VMDESCRIPTION: its type byte, a length, a brace. */
function isEnd(window: ByteWindow, at: number, left: number): boolean {
  if (left === 1) return true;
  return (
    window.peekU8(at + 1) === ItemType.vmDescription &&
    (left < 7 || window.peekU8(at + 6) === BRACE)
  );
}

function commandHead(head: number, at: number): ItemHead {
  const name = commandName(head >>> 16);
  const length = head & 0xffff;
  if (!name || (commandLength(name) ?? length) !== length) return NONE;
  return { kind: "command", next: at + 5 + length };
}

/** An id not used by an iterable section, a printable idstr, a version as devices have them. */
function namedHead(
  window: ByteWindow,
  at: number,
  started: ReadonlyMap<number, SectionHead>,
): ItemHead {
  const left = window.available - at;
  if (left < 6) return CUT;
  const sectionId = window.peekU32(at + 1);
  const length = window.peekU8(at + 5);
  const name = window.peekBytes(Math.min(length, left - 6), at + 6);
  if (started.has(sectionId) || length === 0) return NONE;
  if (!name.every((byte) => byte >= 0x20 && byte < 0x7f)) return NONE;
  if (left < 14 + length) return CUT;
  if (!isVersion(window.peekU32(at + 10 + length))) return NONE;
  return window.peekU8(at) === ItemType.sectionStart
    ? END
    : { kind: "section", sectionId, data: at + 14 + length };
}

function isVersion(value: number): boolean {
  return value <= MAX_VERSION || (value >= DATES.first && value <= DATES.last);
}
