import type { ByteWindow } from "../../bytes/byte-window.js";
import { need, type Steps, skip } from "../../bytes/steps.js";
import type { SectionContent } from "./stream-item.js";

/** Bytes of an entry of the hash table (QEMU hw/ppc/spapr.c: HASH_PTE_SIZE_64). */
const ENTRY = 16;

/**
 * Reads the data of a `spapr/htab` section (QEMU hw/ppc/spapr.c: htab_load): u32 0, then runs of
 * u32 index, u16 valid and u16 invalid entries, of which the valid ones follow; a run of zeros
 * ends it. Any other first u32 is all there is: the table's size as a power of two, or all ones where
 * there is no hash table, as with radix translation.
 */
export function* readHtab(window: ByteWindow): Steps<never, SectionContent> {
  yield* need(window, 4);
  if (window.u32() !== 0) return { end: "self" };
  for (;;) {
    yield* need(window, 8);
    const index = window.u32();
    const valid = window.u16();
    const invalid = window.u16();
    if (index === 0 && valid === 0 && invalid === 0) return { end: "self" };
    yield* skip(window, valid * ENTRY);
  }
}
