import type { ByteWindow } from "../../bytes/byte-window.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { FedReader } from "../../bytes/fed-reader.js";
import { more, need, type Steps } from "../../bytes/steps.js";
import { encodeUtf8 } from "../../bytes/utf8.js";
import { ReturnPathType } from "./constants.js";
import { takeCountedString, writeCountedString } from "./counted-string.js";
import { ENCRYPTED, TLS_HANDSHAKE } from "./tls.js";

/** A message from destination to source. */
export type ReturnPathMessage =
  | { readonly type: "SHUT"; readonly value: number }
  | { readonly type: "PONG"; readonly value: number }
  | {
      readonly type: "REQ_PAGES";
      readonly start: number;
      readonly length: number;
      /** The block, of REQ_PAGES_ID; without, the block of the request before is meant. */
      readonly block?: string;
    }
  | { readonly type: "RECV_BITMAP"; readonly block: string; readonly bitmap: Uint8Array }
  | { readonly type: "RESUME_ACK"; readonly value: number }
  | { readonly type: "SWITCHOVER_ACK" };

/** A message with its place in the return path, in bytes. */
export interface ReturnPathItem {
  readonly offset: number;
  readonly size: number;
  readonly message: ReturnPathMessage;
}

/** Behind the bitmap of RECV_BITMAP (QEMU migration/ram.c: RAMBLOCK_RECV_BITMAP_ENDING). */
const BITMAP_END = 0x0123456789abcdefn;

/** The value of RESUME_ACK (QEMU migration/migration.h: MIGRATION_RESUME_ACK_VALUE). */
export const RESUME_ACK = 1;

/** The bitmap of a block of 4 TiB. */
const MAX_BITMAP = 128 * 1024 * 1024;

/** Fixed lengths of the payload (QEMU migration/migration.c: rp_cmd_args). */
const LENGTHS: Readonly<Record<number, number>> = {
  [ReturnPathType.shut]: 4,
  [ReturnPathType.pong]: 4,
  [ReturnPathType.requestPages]: 12,
  [ReturnPathType.resumeAck]: 4,
  [ReturnPathType.switchoverAck]: 0,
};

/** Reads the messages of a return path; a type or length that is not known throws `DecodeError`. */
export class ReturnPathReader extends FedReader<ReturnPathItem> {
  constructor() {
    super("big", readMessages);
  }
}

function* readMessages(window: ByteWindow): Steps<ReturnPathItem> {
  while (yield* more(window)) {
    const offset = window.offset;
    yield* need(window, 4);
    const type = window.u16();
    const length = window.u16();
    checkLength(type, length, offset);
    yield* need(window, length);
    const message = yield* readMessage(window, type, offset + 4 + length);
    yield { offset, size: window.offset - offset, message };
  }
}

function checkLength(type: number, length: number, offset: number): void {
  if (type === TLS_HANDSHAKE) throw new DecodeError(ENCRYPTED, offset);
  if (type === 0 || type > ReturnPathType.switchoverAck) {
    throw new DecodeError(`return path message of type ${type}`, offset);
  }
  const fixed = LENGTHS[type];
  if (fixed !== undefined && length !== fixed) {
    throw new DecodeError(`message of type ${type} with ${length} bytes, not ${fixed}`, offset + 2);
  }
}

function* readMessage(
  window: ByteWindow,
  type: number,
  end: number,
): Steps<never, ReturnPathMessage> {
  switch (type) {
    case ReturnPathType.shut:
      return { type: "SHUT", value: window.u32() };
    case ReturnPathType.pong:
      return { type: "PONG", value: window.u32() };
    case ReturnPathType.requestPagesId:
      return takeNamedRequest(window, end);
    case ReturnPathType.requestPages:
      return { type: "REQ_PAGES", start: window.size64("start"), length: window.u32() };
    case ReturnPathType.receiveBitmap:
      return yield* readBitmap(window, end);
    case ReturnPathType.resumeAck:
      return { type: "RESUME_ACK", value: window.u32() };
    default:
      return { type: "SWITCHOVER_ACK" };
  }
}

/** Start and length, then the name of the block, which takes all the rest. */
function takeNamedRequest(window: ByteWindow, end: number): ReturnPathMessage {
  if (end - window.offset < 13) throw new DecodeError("request for pages cut short", window.offset);
  const start = window.size64("start");
  const length = window.u32();
  return { type: "REQ_PAGES", start, length, block: takeBlock(window, end) };
}

/** The bitmap follows the message, outside of its length. */
function* readBitmap(window: ByteWindow, end: number): Steps<never, ReturnPathMessage> {
  if (end === window.offset) throw new DecodeError("bitmap of no block", window.offset);
  const block = takeBlock(window, end);
  yield* need(window, 8);
  const size = window.size64("bitmap size");
  if (size > MAX_BITMAP) throw new DecodeError(`bitmap of ${size} bytes`, window.offset - 8);
  yield* need(window, size + 8);
  const bitmap = window.bytes(size).slice();
  if (window.u64() !== BITMAP_END) {
    throw new DecodeError("no end mark behind the bitmap", window.offset - 8);
  }
  return { type: "RECV_BITMAP", block, bitmap };
}

function takeBlock(window: ByteWindow, end: number): string {
  if (window.peekU8() !== end - window.offset - 1) {
    throw new DecodeError(`block name of ${window.peekU8()} bytes`, window.offset);
  }
  return takeCountedString(window);
}

/** Writes a message. */
export function writeReturnPathMessage(writer: ByteWriter, message: ReturnPathMessage): void {
  switch (message.type) {
    case "SHUT":
      writer.u16(ReturnPathType.shut).u16(4).u32(message.value);
      break;
    case "PONG":
      writer.u16(ReturnPathType.pong).u16(4).u32(message.value);
      break;
    case "REQ_PAGES":
      writeRequest(writer, message.start, message.length, message.block);
      break;
    case "RECV_BITMAP":
      writer.u16(ReturnPathType.receiveBitmap).u16(1 + encodeUtf8(message.block).length);
      writeCountedString(writer, message.block);
      writer.u64(message.bitmap.length).bytes(message.bitmap).u64(BITMAP_END);
      break;
    case "RESUME_ACK":
      writer.u16(ReturnPathType.resumeAck).u16(4).u32(message.value);
      break;
    case "SWITCHOVER_ACK":
      writer.u16(ReturnPathType.switchoverAck).u16(0);
      break;
  }
}

function writeRequest(writer: ByteWriter, start: number, length: number, block?: string): void {
  if (block === undefined) {
    writer.u16(ReturnPathType.requestPages).u16(12).u64(start).u32(length);
  } else {
    writer.u16(ReturnPathType.requestPagesId).u16(13 + encodeUtf8(block).length);
    writer.u64(start).u32(length);
    writeCountedString(writer, block);
  }
}
