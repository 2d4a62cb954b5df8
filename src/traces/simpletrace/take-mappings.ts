import type { ChunkBuffer } from "./chunk-buffer.js";
import type { EventBindings } from "./event-bindings.js";
import { isName, MAPPING_HEAD, NAME_LIMIT } from "./item-layout.js";

/** Takes the mappings that lie whole in the buffer, and are as all are; false if there is none. */
export function takeMappings(
  buffer: ChunkBuffer,
  bindings: EventBindings,
  little: boolean,
): boolean {
  const { view, bytes, limit } = buffer;
  const high = little ? 4 : 0;
  let { at } = buffer;
  for (;;) {
    const from = at + MAPPING_HEAD;
    if (from > limit || view.getUint32(at, little) !== 0 || view.getUint32(at + 4, little) !== 0)
      break;
    const length = view.getUint32(at + 16, little);
    if (length === 0 || length > NAME_LIMIT || from + length > limit) break;
    if (!isName(bytes, from, length)) break;
    const idHigh = view.getUint32(at + 8 + high, little);
    const idLow = view.getUint32(at + 12 - high, little);
    bindings.bind(idHigh, idLow, bytes, from, length);
    at = from + length;
  }
  const taken = at > buffer.at;
  buffer.at = at;
  return taken;
}
