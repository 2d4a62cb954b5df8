import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { need, ready, type Steps, skip } from "../../bytes/steps.js";
import { ItemType } from "./constants.js";
import type { SectionContent } from "./stream-item.js";

/** QEMU hw/s390x/s390-stattrib.c: STATTR_FLAG_*, in the page-offset bits of an address. */
const Attribute = { eos: 0x01, more: 0x02, error: 0x04, done: 0x08 } as const;

/** QEMU hw/s390x/s390-skeys.c: S390_SKEYS_SAVE_FLAG_*. */
const Key = { eos: 0x01, skeys: 0x02, error: 0x04 } as const;

const FLAG_MASK = 0xfff;

/**
 * Reads the data of an `s390-storage_attributes` section: u64 address with flags; MORE is followed
 * by u64 count and so many bytes. EOS ends it; DONE may, or stands before EOS.
 */
export function* readStorageAttributes(window: ByteWindow): Steps<never, SectionContent> {
  for (;;) {
    const flags = yield* takeFlags(window);
    if (flags & Attribute.done) {
      // What follows is EOS, the next run, or the footer.
      const isFooter = (yield* ready(window, 1)) && window.peekU8() === ItemType.sectionFooter;
      if (isFooter) return { end: "self" };
    } else if (flags & Attribute.eos) {
      return { end: "self" };
    } else if (flags & Attribute.more) {
      yield* need(window, 8);
      yield* skip(window, window.size64("count of attributes"));
    } else {
      throw unknownFlags(window, flags);
    }
  }
}

/** Reads the data of an `s390-skeys` section: u64 address with flags; SKEYS is followed by u64 count and so many keys. */
export function* readStorageKeys(window: ByteWindow): Steps<never, SectionContent> {
  for (;;) {
    const flags = yield* takeFlags(window);
    if (flags & Key.skeys) {
      yield* need(window, 8);
      yield* skip(window, window.size64("count of keys"));
    } else if (!(flags & (Key.eos | Key.error))) {
      throw unknownFlags(window, flags);
    }
    if (flags & Key.eos) return { end: "self" };
  }
}

function* takeFlags(window: ByteWindow): Steps<never, number> {
  yield* need(window, 8);
  window.skip(4);
  return window.u32() & FLAG_MASK;
}

function unknownFlags(window: ByteWindow, flags: number): DecodeError {
  return new DecodeError(`flags 0x${flags.toString(16)}`, window.offset - 8);
}
