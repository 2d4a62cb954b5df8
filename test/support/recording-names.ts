/** The real migrations in `../shared/recordings`. */
export const RECORDINGS = [
  "microvm-file",
  "q35-precopy",
  "q35-postcopy",
  "q35-multifd",
  "pc-mapped-ram",
  "pc-9.2-xbzrle",
  "virt-aarch64-file",
] as const;
