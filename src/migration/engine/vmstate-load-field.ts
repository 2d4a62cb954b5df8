import { type SectionSteps, type SectionWindow, within } from "../wire/section-window.js";
import type { ScalarValue } from "../wire/vmstate-scalar.js";
import { readBytes, readScalar } from "../wire/vmstate-value.js";
import { MigrationError } from "./migration-error.js";
import type {
  DeviceState,
  Field,
  FieldValue,
  ScalarField,
  StructField,
  VmStateDescription,
} from "./vmstate-description.js";
import { bitmapSize } from "./vmstate-fields.js";

/** How a vmstate is loaded, which is what a struct's elements are. */
export type LoadVmState = (
  window: SectionWindow,
  description: VmStateDescription,
  state: DeviceState,
  version: number,
) => SectionSteps;

/** Loads one field, with all its elements. */
export function* loadField(
  window: SectionWindow,
  field: Field,
  state: DeviceState,
  load: LoadVmState,
): SectionSteps {
  switch (field.kind) {
    case "scalar":
      return yield* loadScalars(window, field, state);
    case "buffer":
      state[field.name] = yield* readBytes(window, field.size);
      return;
    case "unused":
      yield* readBytes(window, field.size);
      return;
    case "bitmap":
      state[field.name] = yield* loadBitmap(window, field.bits);
      return;
    case "struct":
      return yield* loadStructs(window, field, state, load);
  }
}

function* loadScalars(window: SectionWindow, field: ScalarField, state: DeviceState): SectionSteps {
  if (field.count === undefined) {
    const value = yield* readScalar(window, field.type);
    if (field.equal) checkEqual(field, state[field.name], value);
    state[field.name] = value;
    return;
  }
  const values: ScalarValue[] = [];
  while (values.length < field.count) values.push(yield* readScalar(window, field.type));
  state[field.name] = values;
}

function checkEqual(field: ScalarField, own: FieldValue, sent: ScalarValue): void {
  if (own === sent) return;
  throw new MigrationError(`field ${field.name} is ${String(sent)}, but here ${String(own)}`);
}

function* loadBitmap(window: SectionWindow, bits: number): SectionSteps<Uint8Array> {
  const bytes = yield* readBytes(window, bitmapSize(bits));
  for (let at = 0; at < bytes.length; at += 8) bytes.subarray(at, at + 8).reverse();
  return bytes;
}

function* loadStructs(
  window: SectionWindow,
  field: StructField,
  state: DeviceState,
  load: LoadVmState,
): SectionSteps {
  const { struct } = field;
  if (field.count === undefined) {
    return yield* load(window, struct, structOf(state[field.name]), struct.version);
  }
  const array = state[field.name];
  for (let index = 0; index < field.count; index += 1) {
    const element = structOf(Array.isArray(array) ? array[index] : undefined);
    yield* within(`[${index}]`, load(window, struct, element, struct.version));
  }
}

function structOf(value: FieldValue): DeviceState {
  if (typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array)) {
    return value;
  }
  throw new MigrationError("the device has no state for a struct");
}
