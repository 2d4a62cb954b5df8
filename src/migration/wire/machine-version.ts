/** The version of a machine type, of which QEMU keeps how it migrates. */
export type MachineVersion = readonly [major: number, minor: number];

/**
 * The version of a machine type, such as 9 and 2 of `pc-q35-9.2`; `undefined` of a type without one,
 * which migrates as its QEMU does.
 */
export function machineVersion(machineType: string): MachineVersion | undefined {
  const version = /-(\d+)\.(\d+)$/.exec(machineType);
  return version ? [Number(version[1]), Number(version[2])] : undefined;
}

/** Whether a version is newer than another. */
export function isNewer([major, minor]: MachineVersion, other: MachineVersion): boolean {
  return major > other[0] || (major === other[0] && minor > other[1]);
}
