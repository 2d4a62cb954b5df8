import type { Call } from "./cases.js";

/**
 * What one would write for this one event and no other: the record's bytes straight into a buffer,
 * the time in two halves, nothing kept of what can be known beforehand.
 */
export function handWrittenWriter(write: (bytes: Uint8Array) => void): Call {
  const bytes = new Uint8Array(65536 + 1024);
  const view = new DataView(bytes.buffer);
  const encoder = new TextEncoder();
  let at = 0;
  return (name, offset, host) => {
    const start = at;
    const time = performance.now() * 1e6;
    view.setUint32(start, 1, true);
    view.setUint32(start + 4, 0, true);
    view.setUint32(start + 8, 7, true);
    view.setUint32(start + 12, 0, true);
    view.setUint32(start + 16, time >>> 0, true);
    view.setUint32(start + 20, time / 0x1_0000_0000, true);
    view.setUint32(start + 28, 4711, true);
    const { written } = encoder.encodeInto(name, bytes.subarray(start + 36, start + 36 + 512));
    view.setUint32(start + 32, written, true);
    at = start + 36 + written;
    view.setUint32(at, offset >>> 0, true);
    view.setUint32(at + 4, offset / 0x1_0000_0000, true);
    view.setUint32(at + 8, host >>> 0, true);
    view.setUint32(at + 12, host / 0x1_0000_0000, true);
    at += 16;
    view.setUint32(start + 24, at - start - 8, true);
    if (at < 65536) return;
    write(bytes.slice(0, at));
    at = 0;
  };
}
