/** A version of QEMU, such as 7.2. */
export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
}

/** Reads `7.2`, `7.2.1` or `7`; undefined for anything else. */
export function readQemuVersion(text: string): QemuVersion | undefined {
  const [, major, minor = "0"] = /^(\d{1,3})(?:\.(\d{1,3})(?:\.\d{1,3})?)?$/.exec(text) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

/** The properties of older versions, and the last major version that reads each. */
const lastToRead: ReadonlyMap<string, number> = new Map([
  ["vcpu", 8],
  ["tcg", 6],
]);

/** The last major version that reads a property; undefined for one that no version has had. */
export function lastVersionWith(property: string): number | undefined {
  return lastToRead.get(property);
}

/** Whether a version reads a property of old. Where no version was asked for, any does. */
export function readsFormer(property: string, version: QemuVersion | undefined): boolean {
  const last = lastToRead.get(property);
  return last !== undefined && (version === undefined || version.major <= last);
}
