import { commandNumber } from "./command-table.js";
import { ItemType, RAM_VERSION } from "./constants.js";
import type { SectionHead } from "./stream-item.js";

/** How many bytes of a stream's beginning tell whether it is a resumed one. */
export const RESUMED_HEAD = 3;

const BEGIN = [ItemType.command, 0, commandNumber("RECV_BITMAP")];

/**
 * Whether these bytes begin a connection by which a paused postcopy goes on. It has no header: the
 * source asks first which pages of each block have come (QEMU migration/ram.c: ram_resume_prepare).
 */
export function isResumedStream(head: Uint8Array): boolean {
  return BEGIN.every((byte, index) => head[index] === byte);
}

/** The head of a section that began in the connection before: nothing but RAM is left to be sent. */
export function resumedSection(sectionId: number): Omit<SectionHead, "type" | "dataOffset"> {
  return { sectionId, idstr: "ram", instanceId: 0, version: RAM_VERSION };
}
