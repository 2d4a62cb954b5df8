import { readDirtyBitmap } from "./dirty-bitmap-section.js";
import { readHtab } from "./htab-section.js";
import { readStorageAttributes, readStorageKeys } from "./s390-sections.js";
import type { SectionHead } from "./stream-item.js";
import type { SectionDecoder } from "./stream-reader-options.js";
import { readVfio } from "./vfio-section.js";

/** The sections, by idstr, whose data tells its own end. */
const DECODERS: Readonly<Record<string, SectionDecoder>> = {
  "dirty-bitmap": readDirtyBitmap,
  "spapr/htab": readHtab,
  "s390-storage_attributes": readStorageAttributes,
  "s390-skeys": readStorageKeys,
};

/** The decoder of a section of that kind, other than `ram`. */
export function knownDecoder({ idstr }: SectionHead): SectionDecoder | undefined {
  if (Object.hasOwn(DECODERS, idstr)) return DECODERS[idstr];
  return idstr.endsWith("/vfio") ? readVfio : undefined;
}
