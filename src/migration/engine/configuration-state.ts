import {
  trace_vmstate_load_state,
  trace_vmstate_load_state_end,
  trace_vmstate_load_state_field,
  trace_vmstate_subsection_load,
  trace_vmstate_subsection_load_good,
} from "../../../generated/migration.js";
import { writeCountedString } from "../wire/counted-string.js";
import type { Configuration } from "../wire/stream-item.js";
import { StreamWriter } from "../wire/stream-writer.js";
import { MigrationError } from "./migration-error.js";
import type { DeviceState, Subsection, VmStateDescription } from "./vmstate-description.js";
import { buffer, scalar } from "./vmstate-fields.js";

const CAPABILITIES = "configuration/capabilities";

/** Of the capabilities that a stream can name, the one that a destination here takes. */
const MAPPED_RAM = "mapped-ram";

/**
 * The vmstate that CONFIGURATION holds (QEMU migration/savevm.c: vmstate_configuration), with the
 * capabilities that the stream is to name: of all that there are, those on which its form depends.
 */
export function configurationState(
  machineType: string,
  capabilities: readonly string[],
): {
  readonly vmState: VmStateDescription;
  readonly state: DeviceState;
} {
  const name = new TextEncoder().encode(machineType);
  const names = new StreamWriter();
  for (const capability of capabilities) writeCountedString(names, capability);
  const listed = names.take();
  const fields = [scalar("uint32", "len"), buffer("name", name.length)];
  return {
    vmState: {
      name: "configuration",
      version: 1,
      fields,
      subsections: [capabilitiesOf(listed.length)],
      // It has one in QEMU, whose result is traced.
      preSave: () => {},
    },
    state: {
      len: name.length,
      name,
      caps_count: capabilities.length,
      capabilities: listed,
    },
  };
}

function capabilitiesOf(size: number): Subsection {
  return {
    name: CAPABILITIES,
    version: 1,
    fields: [
      scalar("uint32", "caps_count"),
      { ...buffer("capabilities", size), type: "capability" },
    ],
    needed: ({ caps_count }) => caps_count !== 0,
  };
}

/** Traces the loading of a configuration, which the reader has taken apart. */
export function traceConfiguration({ subsections }: Configuration): void {
  traceLoad("configuration", 0, ["len", "name"], () => {
    if (!subsections.includes(CAPABILITIES)) return;
    traceLoad(CAPABILITIES, 1, ["caps_count", "capabilities"], () => {});
  });
}

function traceLoad(
  name: string,
  version: number,
  fields: readonly string[],
  loadSubsections: () => void,
): void {
  trace_vmstate_load_state(name, version);
  for (const field of fields) trace_vmstate_load_state_field(name, field, true);
  trace_vmstate_subsection_load(name);
  loadSubsections();
  trace_vmstate_subsection_load_good(name);
  trace_vmstate_load_state_end(name, "end", 0);
}

/** Throws `MigrationError` for a configuration that is not this machine's. */
export function acceptConfiguration(configuration: Configuration, machineType: string): void {
  const { machine, subsections, capabilities } = configuration;
  if (machine !== machineType) {
    throw new MigrationError(
      `the stream is of a machine "${machine}", this one is a "${machineType}"`,
    );
  }
  const unknown = [
    ...subsections.filter((name) => name !== CAPABILITIES),
    ...capabilities.filter((name) => name !== MAPPED_RAM),
  ];
  if (unknown.length > 0) {
    throw new MigrationError(`${unknown.join(", ")}: not known to this destination`);
  }
}
