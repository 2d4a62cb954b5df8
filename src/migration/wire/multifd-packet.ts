/** First four bytes of a channel and of each packet (QEMU migration/multifd.c: MULTIFD_MAGIC). */
export const MULTIFD_MAGIC = 0x11223344;
export const MULTIFD_VERSION = 1;

/** Bits of a packet's flags (QEMU migration/multifd.h: MULTIFD_FLAG_*). */
export const MultifdFlag = { sync: 1, compression: 0x3e, deviceState: 64 } as const;

/** How the pages of a packet are compressed, by the flag's bits. */
export const MULTIFD_COMPRESSIONS = {
  0: "none",
  2: "zlib",
  4: "zstd",
  8: "qpl",
  16: "uadk",
  32: "qatzip",
} as const;

export type MultifdCompression = (typeof MULTIFD_COMPRESSIONS)[keyof typeof MULTIFD_COMPRESSIONS];

/** Bytes of guest memory that the array of offsets in a packet is for. */
export const MULTIFD_PACKET_SIZE = 512 * 1024;

/** Bytes of a channel's greeting, of a packet's head up to its offsets, of a device-state packet's head. */
export const HELLO_SIZE = 64;
export const PAGES_HEAD_SIZE = 320;
export const DEVICE_HEAD_SIZE = 276;
export const BLOCK_NAME_SIZE = 256;

interface ChannelPlace {
  /** Offset of the first byte in the channel. */
  readonly offset: number;
  /** Bytes, a payload included. */
  readonly size: number;
}

/** What a channel begins with. */
export interface MultifdHello extends ChannelPlace {
  readonly type: "hello";
  /** 32 hexadecimal digits. */
  readonly uuid: string;
  readonly channel: number;
  /** 39 bytes without a meaning. */
  readonly unused: Uint8Array;
}

/** A packet of pages, or a bare sync point. */
export interface MultifdPages extends ChannelPlace {
  readonly type: "pages";
  readonly flags: number;
  /** How many pages the sender had room for; 0 in a bare sync point. */
  readonly allocated: number;
  readonly packetNumber: bigint;
  /** The block that all its pages are of. */
  readonly block: string;
  /** Offsets in the block of the pages in the payload, in bytes. */
  readonly normal: readonly number[];
  /** Offsets in the block of the pages that are zero. */
  readonly zero: readonly number[];
  readonly payloadSize: number;
  /** What means nothing, but stands there. */
  readonly unused: {
    readonly head: Uint8Array;
    /** Behind the block's name. */
    readonly name: Uint8Array;
    /** Behind the offsets. */
    readonly offsets: Uint8Array;
    /** The size that is stated of a payload, where there are no pages and so is none. */
    readonly payloadSize: number;
  };
}

/** State of a device that came by a channel of its own. */
export interface MultifdDeviceState extends ChannelPlace {
  readonly type: "device-state";
  readonly flags: number;
  readonly idstr: string;
  readonly instanceId: number;
  readonly payloadSize: number;
  /** Behind the idstr, without a meaning. */
  readonly unused: Uint8Array;
}

/** What a channel is made of. */
export type MultifdItem = MultifdHello | MultifdPages | MultifdDeviceState;

/** Whether it is a sync point: all pages of before are to be there before any of after it. */
export function isSync(item: MultifdItem): boolean {
  return item.type !== "hello" && (item.flags & MultifdFlag.sync) !== 0;
}

/** How a packet's pages are compressed; `undefined` for bits that no QEMU sets. */
export function compressionOf(flags: number): MultifdCompression | undefined {
  const bits = (flags & MultifdFlag.compression) as keyof typeof MULTIFD_COMPRESSIONS;
  return MULTIFD_COMPRESSIONS[bits];
}
