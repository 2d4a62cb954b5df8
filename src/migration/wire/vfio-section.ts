import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { need, type Steps, skip } from "../../bytes/steps.js";
import { MAX_SECTION } from "./constants.js";
import type { SectionContent } from "./stream-item.js";

/** QEMU hw/vfio/vfio-migration-internal.h: VFIO_MIG_FLAG_*, each a u64 whose upper half is all ones and more. */
const MARK = 0xffff_ffff;
const Flag = {
  endOfState: 0xef10_0001,
  configState: 0xef10_0002,
  setupState: 0xef10_0003,
  dataState: 0xef10_0004,
  initDataSent: 0xef10_0005,
} as const;

/**
 * Reads the data of a section of a device of the host (`…/vfio`): u64 marks, DATA followed by u64
 * length and so many bytes, up to END_OF_STATE. CONFIG is followed by a vmstate that nothing
 * describes: END_OF_STATE is searched behind it.
 */
export function* readVfio(window: ByteWindow): Steps<never, SectionContent> {
  for (;;) {
    yield* need(window, 8);
    const { offset } = window;
    const high = window.u32();
    const flag = window.u32();
    if (high !== MARK) throw new DecodeError(`mark 0x${high.toString(16)}…`, offset);
    switch (flag) {
      case Flag.endOfState:
        return { end: "self" };
      case Flag.setupState:
      case Flag.initDataSent:
        break;
      case Flag.dataState:
        yield* need(window, 8);
        yield* skip(window, window.size64("length of device data"));
        break;
      case Flag.configState:
        yield* skipToEnd(window);
        break;
      default:
        throw new DecodeError(`mark 0x${flag.toString(16)}`, offset + 4);
    }
  }
}

function* skipToEnd(window: ByteWindow): Steps<never> {
  for (let at = 0; at <= MAX_SECTION; ) {
    yield* need(window, at + 8);
    for (const end = window.available - 8; at <= end; at += 1) {
      if (window.peekU32(at) === MARK && window.peekU32(at + 4) === Flag.endOfState) {
        return window.skip(at);
      }
    }
  }
  throw new DecodeError("no end of the device's config", window.offset);
}
