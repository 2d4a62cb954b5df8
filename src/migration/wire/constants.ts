/** First four bytes of a stream, "QEVM" (QEMU migration/savevm.h: QEMU_VM_FILE_MAGIC). */
export const STREAM_MAGIC = 0x5145564d;

/** The version that QEMU has written since 2009; 2 is an ancient form that nothing here reads. */
export const STREAM_VERSION = 3;

/** The byte that begins an item (QEMU migration/savevm.h). */
export const ItemType = {
  eof: 0x00,
  sectionStart: 0x01,
  sectionPart: 0x02,
  sectionEnd: 0x03,
  sectionFull: 0x04,
  subsection: 0x05,
  vmDescription: 0x06,
  configuration: 0x07,
  command: 0x08,
  sectionFooter: 0x7e,
} as const;

/** Bytes of a footer: its type and the section's id. */
export const FOOTER_SIZE = 5;

/** Flags in the page-offset bits of a RAM record's address (QEMU migration/ram.c: RAM_SAVE_FLAG_*). */
export const RamFlag = {
  zero: 0x002,
  memSize: 0x004,
  page: 0x008,
  eos: 0x010,
  continue: 0x020,
  xbzrle: 0x040,
  hook: 0x080,
  compressPage: 0x100,
  multifdFlush: 0x200,
} as const;

/** The bits of a RAM record's address that hold flags: those within the smallest page, of 1 KiB. */
export const RAM_FLAG_MASK = 0x3ff;

/** The version of the `ram` section that all of this describes (QEMU migration/ram.c: ram_load). */
export const RAM_VERSION = 4;

/** Bytes of a page where neither configuration nor VMDESCRIPTION say it. */
export const DEFAULT_PAGE_SIZE = 4096;

/** Types of the messages on the return path (QEMU migration/migration.h: MIG_RP_MSG_*). */
export const ReturnPathType = {
  shut: 1,
  pong: 2,
  requestPagesId: 3,
  requestPages: 4,
  receiveBitmap: 5,
  resumeAck: 6,
  switchoverAck: 7,
} as const;

/** A vmstate section of more bytes is none: real ones have kilobytes, and each is held whole. */
export const MAX_SECTION = 256 * 1024 * 1024;

/**
 * Single bytes within a vmstate: for a pointer that is null (QEMU migration/vmstate-types.c:
 * vmstate_info_nullptr), before each element of a list, and behind its last one.
 */
export const VmStateMark = { null: 0x30, more: 1, end: 0 } as const;
