import type { DeviceState, VmStateDescription } from "./vmstate-description.js";

/** A device whose state migrates in a section of its own. */
export interface Device {
  /** Names the section; with `instanceId`, what finds the device at the destination. */
  readonly idstr: string;
  readonly instanceId: number;
  readonly vmState: VmStateDescription;
  readonly state: DeviceState;
  /** Whether the device has anything to send; if not, its section is skipped. */
  readonly needed?: (state: DeviceState) => boolean;
  /** Run at the destination on SWITCHOVER_START. What it throws fails the load. */
  readonly switchoverStart?: (state: DeviceState) => void | Promise<void>;
}
