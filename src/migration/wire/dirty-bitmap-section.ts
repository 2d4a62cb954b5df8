import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { need, type Steps, skip } from "../../bytes/steps.js";
import { readCountedString } from "./counted-string.js";
import type { SectionContent } from "./stream-item.js";

/** QEMU migration/block-dirty-bitmap.c: DIRTY_BITMAP_MIG_FLAG_*. */
const Flag = {
  eos: 0x01,
  zeroes: 0x02,
  bitmapName: 0x04,
  deviceName: 0x08,
  start: 0x10,
  complete: 0x20,
  bits: 0x40,
  /** Flags of two or four bytes: no QEMU sends them. */
  extra: 0x80,
} as const;

/**
 * Reads the data of a `dirty-bitmap` section: chunks of flags, the names of a node and a bitmap,
 * and what the flags say, up to a chunk with EOS.
 */
export function* readDirtyBitmap(window: ByteWindow): Steps<never, SectionContent> {
  for (;;) {
    yield* need(window, 1);
    const { offset } = window;
    const flags = window.u8();
    if (flags & Flag.extra) throw new DecodeError(`flags 0x${flags.toString(16)}`, offset);
    if (flags & Flag.deviceName) yield* readCountedString(window);
    if (flags & Flag.bitmapName) yield* readCountedString(window);
    if (flags & Flag.start) {
      // u32 granularity, u8 whether it is enabled, persistent, autoloading.
      yield* need(window, 5);
      window.skip(5);
    } else if (flags & Flag.bits) {
      yield* readBits(window, (flags & Flag.zeroes) !== 0);
    } else if (!(flags & (Flag.complete | Flag.eos))) {
      throw new DecodeError(`a chunk of nothing, flags 0x${flags.toString(16)}`, offset);
    }
    if (flags & Flag.eos) return { end: "self" };
  }
}

/** u64 first sector, u32 sectors; unless all are clean, u64 length and the bits. */
function* readBits(window: ByteWindow, zeroes: boolean): Steps<never> {
  yield* need(window, 12);
  window.skip(12);
  if (zeroes) return;
  yield* need(window, 8);
  yield* skip(window, window.size64("length of the bits"));
}
