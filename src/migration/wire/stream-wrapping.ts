import { STREAM_MAGIC } from "./constants.js";
import { isResumedStream } from "./resumed-stream.js";

/** What a stream may lie in. */
export type StreamWrapping = "stream" | "gzip" | "zstd" | "libvirt" | "qcow2" | "tls" | "unknown";

/** What is wrong with a channel that is TLS. */
export const ENCRYPTED =
  "the channel is encrypted (it begins with a TLS handshake, 16 03), so its migration stream cannot be read";

/** How many bytes of a file's beginning tell its wrapping. */
export const WRAPPING_HEAD = 16;

/** Magic numbers, as the formats have them. libvirt leaves the second one while it still saves. */
const MAGICS: readonly (readonly [StreamWrapping, string])[] = [
  ["stream", String.fromCharCode(...[24, 16, 8, 0].map((shift) => (STREAM_MAGIC >> shift) & 0xff))],
  ["gzip", "\x1f\x8b"],
  ["zstd", "\x28\xb5\x2f\xfd"],
  ["libvirt", "LibvirtQemudSave"],
  ["libvirt", "LibvirtQemudPart"],
  ["qcow2", "QFI\xfb"],
  // A handshake record of TLS 1.x, with which each channel begins under tls-creds.
  ["tls", "\x16\x03"],
];

/** What the input is that begins with these bytes. */
export function detectWrapping(head: Uint8Array): StreamWrapping {
  if (isResumedStream(head)) return "stream";
  const text = String.fromCharCode(...head.subarray(0, WRAPPING_HEAD));
  return MAGICS.find(([, magic]) => text.startsWith(magic))?.[0] ?? "unknown";
}
