import { isNewer, machineVersion } from "../wire/machine-version.js";

/** The newest version of machine types that must not be sent SWITCHOVER_START by default. */
const LAST_WITHOUT = [9, 2] as const;

/**
 * Whether a source of a machine type sends SWITCHOVER_START if nothing else is said: not for
 * `pc-q35-9.2` and older ones, whose destination may be a QEMU that does not know the command
 * (QEMU hw/core/machine.c: hw_compat_9_2). Machine types without a version send it.
 */
export function sendsSwitchoverStart(machineType: string): boolean {
  const version = machineVersion(machineType);
  return version === undefined || isNewer(version, LAST_WITHOUT);
}
