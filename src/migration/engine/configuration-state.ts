import {
  trace_vmstate_load_state,
  trace_vmstate_load_state_end,
  trace_vmstate_load_state_field,
  trace_vmstate_subsection_load,
  trace_vmstate_subsection_load_good,
} from "../../../generated/migration.js";
import type { Configuration } from "../wire/stream-item.js";
import { MigrationError } from "./migration-error.js";
import type { DeviceState, VmStateDescription } from "./vmstate-description.js";
import { buffer, scalar } from "./vmstate-fields.js";

/** The vmstate that CONFIGURATION holds (QEMU migration/savevm.c: vmstate_configuration). */
export function configurationState(machineType: string): {
  readonly vmState: VmStateDescription;
  readonly state: DeviceState;
} {
  const name = new TextEncoder().encode(machineType);
  const fields = [scalar("uint32", "len"), buffer("name", name.length)];
  return {
    vmState: { name: "configuration", version: 1, fields, preSave: () => {} },
    state: { len: name.length, name },
  };
}

/** Traces the loading of a configuration, which the reader has taken apart. */
export function traceConfiguration(): void {
  const name = "configuration";
  trace_vmstate_load_state(name, 0);
  trace_vmstate_load_state_field(name, "len", true);
  trace_vmstate_load_state_field(name, "name", true);
  trace_vmstate_subsection_load(name);
  trace_vmstate_subsection_load_good(name);
  trace_vmstate_load_state_end(name, "end", 0);
}

/** Throws `MigrationError` for a configuration that is not this machine's. */
export function acceptConfiguration(configuration: Configuration, machineType: string): void {
  const { machine, subsections } = configuration;
  if (machine !== machineType) {
    throw new MigrationError(
      `the stream is of a machine "${machine}", this one is a "${machineType}"`,
    );
  }
  if (subsections.length > 0) {
    throw new MigrationError(`${subsections.join(", ")}: not known to this destination`);
  }
}
