import type { SectionItem, StreamItem } from "../migration/wire/stream-item.js";
import { sourceSectionKey } from "./source-marks.js";

/**
 * Whether the source is a background snapshot, by the key of the first section that it saved: its guest
 * is only stopped for its devices, which are saved first of all, and written when memory is (QEMU
 * migration/migration.c: bg_migration_thread).
 */
export function savesDevicesFirst(
  items: readonly StreamItem[],
  first: string | undefined,
): boolean {
  return items.some(
    (item) => isDevice(item) && sourceSectionKey(item.sectionId, item.idstr) === first,
  );
}

/** A device of a guest that goes behind its memory. */
export function isDevice(item: StreamItem): item is SectionItem {
  return item.type === "section-full" && item.depth === 0;
}
