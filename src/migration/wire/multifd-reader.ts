import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { FedReader } from "../../bytes/fed-reader.js";
import { more, need, type Steps, skip } from "../../bytes/steps.js";
import { decodeUtf8 } from "../../bytes/utf8.js";
import { DEFAULT_PAGE_SIZE } from "./constants.js";
import { hexOf } from "./hex.js";
import { DEVICE_STATE_HEAD } from "./multifd-device-states.js";
import {
  BLOCK_NAME_SIZE,
  compressionOf,
  DEVICE_HEAD_SIZE,
  HELLO_SIZE,
  MULTIFD_MAGIC,
  MULTIFD_PACKET_SIZE,
  MULTIFD_VERSION,
  type MultifdDeviceState,
  MultifdFlag,
  type MultifdHello,
  type MultifdItem,
  type MultifdPages,
  PAGES_HEAD_SIZE,
} from "./multifd-packet.js";
import { within } from "./section-window.js";
import { ENCRYPTED, TLS_HANDSHAKE } from "./tls.js";

/** How a channel is to be read. */
export interface MultifdReaderOptions {
  /** Bytes of a page of the target, 4096 if left out: each packet has room for 512 KiB of pages. */
  readonly pageSize?: number;
  /** Takes the payloads, each before its packet is given. Views, good during the call only. */
  readonly payload?: (packet: MultifdPages | MultifdDeviceState, bytes: Uint8Array) => void;
  /**
   * Takes the first bytes of each payload of device state, up to `DEVICE_STATE_HEAD`, for who does not
   * want to hold it whole: `payload` is not given these then.
   */
  readonly deviceState?: (packet: MultifdDeviceState, head: Uint8Array) => void;
}

/**
 * Reads a multifd channel: its greeting, then its packets. Payloads are passed over, or handed to
 * `options.payload`. Throws `DecodeError`, after which nothing more comes.
 */
export class MultifdReader extends FedReader<MultifdItem> {
  constructor(options: MultifdReaderOptions = {}) {
    super("big", (window) => readChannel(window, options));
  }
}

function* readChannel(window: ByteWindow, options: MultifdReaderOptions): Steps<MultifdItem> {
  yield yield* within("greeting", readHello(window));
  for (let number = 0; yield* more(window); number += 1) {
    yield yield* within(`packet ${number}`, readPacket(window, options));
  }
}

function* readHello(window: ByteWindow): Steps<never, MultifdHello> {
  const { offset } = window;
  yield* need(window, HELLO_SIZE);
  takeMagic(window);
  const uuid = hexOf(window.bytes(16));
  const channel = window.u8();
  const unused = window.bytes(39).slice();
  return { type: "hello", offset, size: HELLO_SIZE, uuid, channel, unused };
}

function takeMagic(window: ByteWindow): void {
  const { offset } = window;
  const magic = window.u32();
  if (magic >>> 16 === TLS_HANDSHAKE) throw new DecodeError(ENCRYPTED, offset);
  if (magic !== MULTIFD_MAGIC) {
    throw new DecodeError(`no multifd channel: magic 0x${magic.toString(16)}`, offset);
  }
  const version = window.u32();
  if (version !== MULTIFD_VERSION) throw new DecodeError(`multifd version ${version}`, offset + 4);
}

function* readPacket(
  window: ByteWindow,
  options: MultifdReaderOptions,
): Steps<never, MultifdPages | MultifdDeviceState> {
  const { offset } = window;
  yield* need(window, 12);
  takeMagic(window);
  const flags = window.u32();
  const packet =
    flags & MultifdFlag.deviceState
      ? yield* readDeviceHead(window, offset, flags)
      : yield* readPagesHead(window, offset, flags, options.pageSize ?? DEFAULT_PAGE_SIZE);
  if (packet.type === "device-state" && options.deviceState) {
    const headSize = Math.min(packet.payloadSize, DEVICE_STATE_HEAD);
    yield* need(window, headSize);
    options.deviceState(packet, window.peekBytes(headSize));
    yield* skip(window, packet.payloadSize);
  } else if (!options.payload) yield* skip(window, packet.payloadSize);
  else if (packet.payloadSize > 0) {
    yield* need(window, packet.payloadSize);
    options.payload(packet, window.bytes(packet.payloadSize));
  }
  return packet;
}

function* readDeviceHead(
  window: ByteWindow,
  offset: number,
  flags: number,
): Steps<never, MultifdDeviceState> {
  yield* need(window, DEVICE_HEAD_SIZE - 12);
  const { name: idstr, rest: unused } = takeName(window);
  const instanceId = window.u32();
  const payloadSize = window.u32();
  const size = DEVICE_HEAD_SIZE + payloadSize;
  return { type: "device-state", offset, size, flags, idstr, instanceId, payloadSize, unused };
}

function* readPagesHead(
  window: ByteWindow,
  offset: number,
  flags: number,
  pageSize: number,
): Steps<never, MultifdPages> {
  const room = MULTIFD_PACKET_SIZE / pageSize;
  const headSize = PAGES_HEAD_SIZE + 8 * room;
  yield* need(window, headSize - 12);
  const allocated = window.u32();
  const normalCount = window.u32();
  const stated = window.u32();
  // No pages, no payload: QEMU 5.2 and 7.2 state the size of the one before then.
  const payloadSize = normalCount === 0 ? 0 : stated;
  const packetNumber = window.u64();
  const zeroCount = window.u32();
  if (allocated > room) throw new DecodeError(`room for ${allocated} pages`, offset + 12);
  if (normalCount + zeroCount > allocated) {
    throw new DecodeError(`${normalCount} + ${zeroCount} pages of ${allocated}`, offset + 16);
  }
  checkPayload(flags, payloadSize, normalCount * pageSize, offset);
  const head = window.bytes(28).slice();
  const { name: block, rest: name } = takeName(window);
  const normal = takeOffsets(window, normalCount);
  const zero = takeOffsets(window, zeroCount);
  const offsets = window.bytes(8 * (room - normalCount - zeroCount)).slice();
  const size = headSize + payloadSize;
  const place = { type: "pages", offset, size, flags, allocated, packetNumber } as const;
  const unused = { head, name, offsets, payloadSize: stated - payloadSize };
  return { ...place, block, normal, zero, payloadSize, unused };
}

/** Compressed pages may take a little more than the pages themselves, never twice as much. */
function checkPayload(flags: number, size: number, pages: number, offset: number): void {
  const compression = compressionOf(flags);
  if (!compression) throw new DecodeError(`flags 0x${flags.toString(16)}`, offset + 8);
  const fits = compression === "none" ? size === pages : size <= 2 * pages + 4096;
  if (!fits) throw new DecodeError(`payload of ${size} bytes for ${pages} of pages`, offset + 20);
}

function takeName(window: ByteWindow): { name: string; rest: Uint8Array } {
  const bytes = window.bytes(BLOCK_NAME_SIZE).slice();
  const zero = bytes.indexOf(0);
  const end = zero < 0 ? bytes.length : zero;
  return { name: decodeUtf8(bytes.subarray(0, end)), rest: bytes.subarray(end) };
}

function takeOffsets(window: ByteWindow, count: number): number[] {
  return Array.from({ length: count }, () => window.size64("page offset"));
}
