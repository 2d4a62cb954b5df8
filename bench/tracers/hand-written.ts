import type { Call } from "./cases.js";

/**
 * What one would write for this one event and no other: the record's bytes straight into a buffer,
 * the time in two halves, nothing kept of what can be known beforehand.
 */
export function handWrittenWriter(write: (bytes: Uint8Array) => void): Call {
  const bytes = new Uint8Array(65536 + 1024);
  const view = new DataView(bytes.buffer);
  let at = 0;
  return (name, offset, pages) => {
    const start = at;
    const time = performance.now() * 1e6;
    view.setUint32(start, 1, true);
    view.setUint32(start + 4, 0, true);
    view.setUint32(start + 8, 7, true);
    view.setUint32(start + 12, 0, true);
    view.setUint32(start + 16, time >>> 0, true);
    view.setUint32(start + 20, time / 0x1_0000_0000, true);
    view.setUint32(start + 28, 4711, true);
    at = start + 36;
    // Names of blocks are short and ASCII, for which a loop is quicker than TextEncoder.
    for (let index = 0; index < name.length; index++) bytes[at++] = name.charCodeAt(index);
    view.setUint32(start + 32, name.length, true);
    view.setUint32(at, offset >>> 0, true);
    view.setUint32(at + 4, offset / 0x1_0000_0000, true);
    view.setInt32(at + 8, pages, true);
    view.setInt32(at + 12, pages < 0 ? -1 : 0, true);
    at += 16;
    view.setUint32(start + 24, at - start - 8, true);
    if (at < 65536) return;
    write(bytes.slice(0, at));
    at = 0;
  };
}
