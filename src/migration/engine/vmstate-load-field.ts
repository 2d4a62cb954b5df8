import {
  trace_get_qlist,
  trace_get_qlist_end,
  trace_get_qtailq,
  trace_get_qtailq_end,
} from "../../../generated/migration.js";
import { MAX_SECTION, VmStateMark } from "../wire/constants.js";
import { type SectionSteps, type SectionWindow, within } from "../wire/section-window.js";
import type { ScalarValue } from "../wire/vmstate-scalar.js";
import { readBytes, readScalar } from "../wire/vmstate-value.js";
import { MigrationError } from "./migration-error.js";
import { countOf, elementCount } from "./vmstate-count.js";
import type {
  DeviceState,
  Field,
  FieldValue,
  ListField,
  ScalarField,
  StructField,
  VmStateDescription,
} from "./vmstate-description.js";
import { bitmapSize } from "./vmstate-fields.js";
import { isState } from "./vmstate-save-field.js";

/** How a vmstate is loaded, which is what a struct's elements are. */
export type LoadVmState = (
  window: SectionWindow,
  description: VmStateDescription,
  state: DeviceState,
  version: number,
) => SectionSteps;

/** Elements that may have no bytes: of more than these, a stream could keep us busy for nothing. */
const MAX_EMPTY = 65536;

/** Loads one field, with all its elements. */
export function* loadField(
  window: SectionWindow,
  field: Field,
  state: DeviceState,
  load: LoadVmState,
  version: number,
): SectionSteps {
  const { name } = field;
  switch (field.kind) {
    case "scalar":
      return yield* loadScalars(window, field, state);
    case "buffer":
      state[name] = yield* readBytes(window, checkedSize(field.name, countOf(field.size, state)));
      return;
    case "unused":
      yield* readBytes(window, field.size);
      return;
    case "bitmap":
      state[name] = yield* loadBitmap(window, field.bits);
      return;
    case "struct":
      return yield* loadStructs(window, field, state, load);
    case "list":
      state[name] = yield* loadList(window, field, load);
      return;
    case "tmp":
      return yield* load(window, field.struct, { parent: state }, field.struct.version);
    case "validate":
      if (field.isValid(state, version)) return;
      throw new MigrationError(`the state is not valid: ${name}`);
  }
}

function* loadScalars(window: SectionWindow, field: ScalarField, state: DeviceState): SectionSteps {
  if (field.count === undefined) {
    const value = yield* readScalar(window, field.type);
    if (field.equal) checkEqual(field, state[field.name], value);
    state[field.name] = value;
    return;
  }
  const count = checkedSize(field.name, elementCount(field, state));
  const values: ScalarValue[] = [];
  while (values.length < count) values.push(yield* readScalar(window, field.type));
  state[field.name] = values;
}

function checkEqual(field: ScalarField, own: FieldValue, sent: ScalarValue): void {
  if (own === sent) return;
  throw new MigrationError(`field ${field.name} is ${String(sent)}, but here ${String(own)}`);
}

function checkedSize(name: string, size: number): number {
  if (size <= MAX_SECTION) return size;
  throw new MigrationError(`field ${name} of ${size} bytes or more`);
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
  if (field.count === undefined) {
    state[field.name] = yield* loadStruct(window, field, state[field.name], load);
    return;
  }
  const count = elementCount(field, state);
  const before = state[field.name];
  const own = Array.isArray(before) ? before : [];
  const elements: FieldValue[] = [];
  let empty = 0;
  for (let index = 0; index < count; index += 1) {
    const { offset } = window;
    const element = loadStruct(window, field, own[index], load);
    elements.push(yield* within(`[${index}]`, element));
    if (window.offset === offset) empty += 1;
    if (empty > MAX_EMPTY) {
      throw new MigrationError(
        `field ${field.name} has more than ${MAX_EMPTY} elements without a byte`,
      );
    }
  }
  state[field.name] = elements;
}

/** Into the state that is there; where none is, into a new one. */
function* loadStruct(
  window: SectionWindow,
  field: StructField,
  value: FieldValue,
  load: LoadVmState,
): SectionSteps<FieldValue> {
  if (value === null && field.nullable) {
    yield* takeMark(window, VmStateMark.null, "no null, as it is here");
    return null;
  }
  const state = isState(value) ? value : {};
  yield* load(window, field.struct, state, field.struct.version);
  return state;
}

function* loadList(
  window: SectionWindow,
  { name, type, struct }: ListField,
  load: LoadVmState,
): SectionSteps<FieldValue[]> {
  if (type === "qtailq") trace_get_qtailq(struct.name, struct.version);
  else trace_get_qlist(name, struct.name, struct.version);
  const elements: DeviceState[] = [];
  for (;;) {
    if ((yield* readScalar(window, "uint8")) === VmStateMark.end) break;
    const element: DeviceState = {};
    yield* within(`[${elements.length}]`, load(window, struct, element, struct.version));
    elements.push(element);
  }
  if (type === "qtailq") trace_get_qtailq_end(struct.name, "end", 0);
  else trace_get_qlist_end(name, struct.name);
  return elements;
}

function* takeMark(window: SectionWindow, mark: number, otherwise: string): SectionSteps {
  if ((yield* readScalar(window, "uint8")) !== mark) throw new MigrationError(otherwise);
}
