import { need } from "../../bytes/steps.js";
import type { SectionSteps, SectionWindow } from "./section-window.js";
import { SCALAR_TYPES, type ScalarTypeName, type ScalarValue } from "./vmstate-scalar.js";

/** Reads a value of a vmstate field. */
export function* readScalar(
  window: SectionWindow,
  type: ScalarTypeName,
): SectionSteps<ScalarValue> {
  const { size, take } = SCALAR_TYPES[type];
  if (window.available < size) yield* need(window, size);
  return take(window);
}

/** Reads bytes into an array of their own. */
export function* readBytes(window: SectionWindow, length: number): SectionSteps<Uint8Array> {
  yield* need(window, length);
  return window.bytes(length).slice();
}
