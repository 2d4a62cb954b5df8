/**
 * The version of a machine type, such as 9 and 2 of `pc-q35-9.2`, of which QEMU keeps how it
 * migrates; `undefined` of a type without one, which migrates as its QEMU does.
 */
export function machineVersion(machineType: string): readonly [number, number] | undefined {
  const version = /-(\d+)\.(\d+)$/.exec(machineType);
  return version ? [Number(version[1]), Number(version[2])] : undefined;
}

/** Whether a version is newer than another. */
export function isNewer(version: readonly [number, number], other: readonly [number, number]) {
  return version[0] > other[0] || (version[0] === other[0] && version[1] > other[1]);
}
