import {
  trace_savevm_section_end,
  trace_savevm_section_skip,
  trace_savevm_section_start,
  trace_vmstate_downtime_save,
  trace_vmstate_save,
} from "../../../generated/migration.js";
import type { StreamWriter } from "../wire/stream-writer.js";
import type { VmDevice } from "../wire/vm-description.js";
import type { Device } from "./device.js";
import type { Entry } from "./entries.js";
import { saveVmState } from "./vmstate-save.js";

/** Writes the FULL section of an entry, if it has one, and gives what VMDESCRIPTION says of it. */
export function saveFull(writer: StreamWriter, entry: Entry): VmDevice | undefined {
  const begin = performance.now();
  const saved = entry.device && saveDevice(writer, entry, entry.device);
  traceDowntime("non-iterable", entry, begin);
  return saved;
}

function saveDevice(writer: StreamWriter, entry: Entry, device: Device): VmDevice | undefined {
  const { sectionId, idstr, instanceId } = entry;
  if (device.needed && !device.needed(device.state)) {
    trace_savevm_section_skip(idstr, sectionId);
    return undefined;
  }
  trace_savevm_section_start(idstr, sectionId);
  writer.sectionHead({ type: "section-full", ...entry });
  trace_vmstate_save(idstr, device.vmState.name);
  const saved = saveVmState(writer, device.vmState, device.state);
  trace_savevm_section_end(idstr, sectionId, 0);
  writer.footer(sectionId);
  return { name: idstr, instanceId, ...saved };
}

/** Traces how long an entry took at the switchover; `begin` is of `performance.now()`. */
export function traceDowntime(
  type: "iterable" | "non-iterable",
  { idstr, instanceId }: Pick<Entry, "idstr" | "instanceId">,
  begin: number,
): void {
  const microseconds = Math.round((performance.now() - begin) * 1000);
  trace_vmstate_downtime_save(type, idstr, instanceId, microseconds);
}
