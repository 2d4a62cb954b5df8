import {
  trace_vmstate_load_field_error,
  trace_vmstate_load_state,
  trace_vmstate_load_state_end,
  trace_vmstate_load_state_field,
  trace_vmstate_subsection_load,
  trace_vmstate_subsection_load_bad,
  trace_vmstate_subsection_load_good,
} from "../../../generated/migration.js";
import { type SectionSteps, type SectionWindow, within } from "../wire/section-window.js";
import { peekSubsection, readSubsectionVersion } from "../wire/subsection.js";
import { EINVAL } from "./error-numbers.js";
import { MigrationError } from "./migration-error.js";
import type { DeviceState, VmStateDescription } from "./vmstate-description.js";
import { fieldExists } from "./vmstate-exists.js";
import { loadField } from "./vmstate-load-field.js";

/**
 * Loads a vmstate of a version into a device's state. Throws `DecodeError` where bytes are wrong,
 * `MigrationError` for a version or a subsection that is not known, and what a `postLoad` throws.
 */
export function* loadVmState(
  window: SectionWindow,
  description: VmStateDescription,
  state: DeviceState,
  version: number,
): SectionSteps {
  const { name } = description;
  trace_vmstate_load_state(name, version);
  checkVersion(description, version);
  description.preLoad?.(state);
  for (const field of description.fields) {
    const exists = fieldExists(description, field, state, version);
    trace_vmstate_load_state_field(name, field.name, exists);
    if (exists) yield* traced(field.name, loadField(window, field, state, loadVmState, version));
  }
  yield* loadSubsections(window, description, state);
  runPostLoad(description, state, version);
  trace_vmstate_load_state_end(name, "end", 0);
}

function* traced(name: string, load: SectionSteps): SectionSteps {
  try {
    yield* within(`field ${name}`, load);
  } catch (error) {
    trace_vmstate_load_field_error(name, EINVAL);
    throw error;
  }
}

function checkVersion({ name, ...known }: VmStateDescription, version: number): void {
  const oldest = known.minimumVersion ?? known.version;
  const reason = version > known.version ? "too new" : version < oldest ? "too old" : undefined;
  if (reason === undefined) return;
  trace_vmstate_load_state_end(name, reason, EINVAL);
  throw new MigrationError(
    `version ${version} of vmstate "${name}" is ${reason}: ${oldest} to ${known.version} are known`,
  );
}

function runPostLoad(description: VmStateDescription, state: DeviceState, version: number): void {
  try {
    description.postLoad?.(state, version);
  } catch (error) {
    trace_vmstate_load_state_end(description.name, "end", EINVAL);
    throw error;
  }
}

/**
 * Loads what stands behind the fields (QEMU migration/vmstate.c: vmstate_subsection_load). A name
 * that does not begin with this vmstate's belongs to one further out.
 */
function* loadSubsections(
  window: SectionWindow,
  { name: parent, subsections = [] }: VmStateDescription,
  state: DeviceState,
): SectionSteps {
  trace_vmstate_subsection_load(parent);
  for (let name = yield* peekSubsection(window); name; name = yield* peekSubsection(window)) {
    if (isOfOther(parent, name)) return;
    const subsection = subsections.find((known) => known.name === name);
    if (!subsection) {
      trace_vmstate_subsection_load_bad(parent, name, "(lookup)");
      throw new MigrationError(`unknown subsection "${name}"`);
    }
    const version = yield* readSubsectionVersion(window);
    yield* within(`subsection ${name}`, loadVmState(window, subsection, state, version));
  }
  trace_vmstate_subsection_load_good(parent);
}

function isOfOther(parent: string, name: string): boolean {
  if (name.length < parent.length + 1) {
    trace_vmstate_subsection_load_bad(parent, "(short)", "");
    return true;
  }
  if (name.startsWith(parent)) return false;
  trace_vmstate_subsection_load_bad(parent, name, "(prefix)");
  return true;
}
