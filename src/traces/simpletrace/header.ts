import type { ByteOrder } from "../../bytes/byte-order.js";

/** The versions that there were (QEMU trace/simple.c); there was no 1 in any release. */
export const simpletraceVersions = [0, 2, 3, 4] as const;
export type SimpletraceVersion = (typeof simpletraceVersions)[number];

/** Length of the header of version 2 and later; version 0 has a whole record of 64 bytes. */
export const HEADER_LENGTH = 24;
/** The id of a record that tells how many events were dropped, as halves. */
export const DROPPED_HIGH = 0xffff_ffff;
export const DROPPED_LOW = 0xffff_fffe;

/** What a trace begins with. */
export interface SimpletraceHeader {
  readonly order: ByteOrder;
  /** As the header has it, which may be none that there is. */
  readonly version: bigint;
}

const headerBytes: Readonly<Record<ByteOrder, Uint8Array>> = {
  little: new Uint8Array([
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xb4, 0x29, 0xa4, 0x0a, 0xcb, 0x77, 0xb1, 0xf2,
  ]),
  big: new Uint8Array([
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf2, 0xb1, 0x77, 0xcb, 0x0a, 0xa4, 0x29, 0xb4,
  ]),
};

/**
 * The header that bytes begin with: `none` where they do not, `more` where there are too few to
 * tell.
 */
export function readSimpletraceHeader(bytes: Uint8Array): SimpletraceHeader | "none" | "more" {
  for (const order of ["little", "big"] as const) {
    const expected = headerBytes[order];
    const length = Math.min(bytes.length, expected.length);
    if (!expected.subarray(0, length).every((byte, index) => byte === bytes[index])) continue;
    if (bytes.length < HEADER_LENGTH) return "more";
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { order, version: view.getBigUint64(16, order === "little") };
  }
  return "none";
}
