import { ByteWindow } from "../../bytes/byte-window.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { decodeUtf8, encodeUtf8 } from "../../bytes/utf8.js";

/** How libvirt compressed the stream behind its header, by the header's number. */
const COMPRESSIONS = ["raw", "gzip", "bzip2", "xz", "lzop", "zstd"] as const;

export type LibvirtCompression = (typeof COMPRESSIONS)[number];

/** The header of a file that `virsh save` writes (libvirt src/qemu/qemu_saveimage.h). */
export interface LibvirtSaveHeader {
  readonly version: number;
  /** Whether the guest ran when it was saved. */
  readonly wasRunning: boolean;
  readonly compression: LibvirtCompression;
  /** False while libvirt has not marked the file as complete. */
  readonly complete: boolean;
  /** The domain's XML, and libvirt's own notes behind it if there are any. */
  readonly xml: string;
  /** Offset of the stream in the file, in bytes. */
  readonly streamOffset: number;
}

/** Bytes of the fixed part: the magic, and 19 integers in the order of the host that wrote them. */
export const LIBVIRT_FIXED_SIZE = 92;
const COMPLETE = "LibvirtQemudSave";
const PARTIAL = "LibvirtQemudPart";

/** How many bytes must be read for the whole header, by its fixed part. */
export function libvirtHeaderSize(head: Uint8Array): number {
  return readLibvirtFixedPart(head).streamOffset;
}

/** Reads the part of the header before the XML, of `LIBVIRT_FIXED_SIZE` bytes. Throws `DecodeError`. */
export function readLibvirtFixedPart(bytes: Uint8Array): Omit<LibvirtSaveHeader, "xml"> {
  const { dataLength, compressed, ...head } = fixedPart(bytes);
  const compression = COMPRESSIONS[compressed];
  if (!compression) throw new DecodeError(`compression ${compressed}`, 28, ["libvirt's header"]);
  return { ...head, compression, streamOffset: LIBVIRT_FIXED_SIZE + dataLength };
}

/** Reads the header; `bytes` hold all of it (see `libvirtHeaderSize`). Throws `DecodeError`. */
export function readLibvirtSaveHeader(bytes: Uint8Array): LibvirtSaveHeader {
  const head = readLibvirtFixedPart(bytes);
  const end = head.streamOffset;
  if (bytes.length < end) {
    const reason = `cut short: ${end} bytes wanted, ${bytes.length} left`;
    throw new DecodeError(reason, bytes.length, ["libvirt's header"]);
  }
  const text = decodeUtf8(bytes.subarray(LIBVIRT_FIXED_SIZE, end));
  const zero = text.indexOf("\0");
  const xml = zero < 0 ? text : text.slice(0, zero);
  return { ...head, xml };
}

function fixedPart(bytes: Uint8Array) {
  if (bytes.length < LIBVIRT_FIXED_SIZE) {
    const reason = `cut short: ${LIBVIRT_FIXED_SIZE} bytes wanted, ${bytes.length} left`;
    throw new DecodeError(reason, bytes.length, ["libvirt's header"]);
  }
  const magic = decodeUtf8(bytes.subarray(0, 16));
  if (magic !== COMPLETE && magic !== PARTIAL) {
    throw new DecodeError("no save image of libvirt", 0, ["libvirt's header"]);
  }
  const window = new ByteWindow("little", bytes.subarray(16), 16);
  // The version is small: in the other byte order it is not.
  if (window.peekU32() > 0xffff) window.order = "big";
  const version = window.u32();
  const dataLength = window.u32();
  const wasRunning = window.u32() !== 0;
  return {
    version,
    dataLength,
    wasRunning,
    compressed: window.u32(),
    complete: magic === COMPLETE,
  };
}

/** Writes a header, little-endian, without notes behind the XML. */
export function writeLibvirtSaveHeader(
  header: Omit<LibvirtSaveHeader, "streamOffset">,
): Uint8Array {
  const xml = encodeUtf8(`${header.xml}\0`);
  const writer = new ByteWriter("little", LIBVIRT_FIXED_SIZE + xml.length);
  writer.bytes(encodeUtf8(header.complete ? COMPLETE : PARTIAL));
  writer
    .u32(header.version)
    .u32(xml.length)
    .u32(header.wasRunning ? 1 : 0);
  writer.u32(COMPRESSIONS.indexOf(header.compression));
  for (let unused = 0; unused < 15; unused += 1) writer.u32(0);
  return writer.bytes(xml).take();
}
