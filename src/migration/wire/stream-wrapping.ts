import { detectCompression } from "../../compression/decompress.js";
import { STREAM_MAGIC } from "./constants.js";
import { isResumedStream } from "./resumed-stream.js";
import { TLS_HANDSHAKE } from "./tls.js";

/** What a stream may lie in. */
export type StreamWrapping =
  | "stream"
  | "gzip"
  | "zstd"
  | "xz"
  | "bzip2"
  | "lzop"
  | "libvirt"
  | "qcow2"
  | "tls"
  | "unknown";

/** How many bytes of a file's beginning tell its wrapping. */
export const WRAPPING_HEAD = 16;

/** Magic numbers, as the formats have them. libvirt leaves the second one while it still saves. */
const MAGICS: readonly (readonly [StreamWrapping, string])[] = [
  ["stream", String.fromCharCode(...[24, 16, 8, 0].map((shift) => (STREAM_MAGIC >> shift) & 0xff))],
  ["xz", "\xfd7zXZ\0"],
  ["bzip2", "BZh"],
  ["lzop", "\x89LZO\0\r\n\x1a\n"],
  ["libvirt", "LibvirtQemudSave"],
  ["libvirt", "LibvirtQemudPart"],
  ["qcow2", "QFI\xfb"],
  ["tls", String.fromCharCode(TLS_HANDSHAKE >> 8, TLS_HANDSHAKE & 0xff)],
];

/** What the input is that begins with these bytes. */
export function detectWrapping(head: Uint8Array): StreamWrapping {
  if (isResumedStream(head)) return "stream";
  const text = String.fromCharCode(...head.subarray(0, WRAPPING_HEAD));
  const wrapping = MAGICS.find(([, magic]) => text.startsWith(magic))?.[0];
  return wrapping ?? detectCompression(head) ?? "unknown";
}
