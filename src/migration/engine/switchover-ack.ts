import { isNewer, machineVersion } from "../wire/machine-version.js";

/** The newest version of machine types whose destination acknowledges a switchover unasked. */
const LAST_UNASKED = [11, 0] as const;

/**
 * Whether the destination of a machine type acknowledges the switchover though no device has anything
 * to wait for (capability switchover-ack). From 11.1 on a source waits for those only that its own
 * devices asked for, and one too many keeps it from ever switching over (QEMU property
 * `switchover-ack-legacy` of migration). Of types without a version it is said to be so, though that
 * is as the QEMU of the source has it.
 */
export function acknowledgesUnasked(machineType: string): boolean {
  const version = machineVersion(machineType);
  return version === undefined || !isNewer(version, LAST_UNASKED);
}
