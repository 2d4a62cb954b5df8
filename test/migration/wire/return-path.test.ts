import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import {
  type ReturnPathMessage,
  ReturnPathReader,
  writeReturnPathMessage,
} from "../../../src/migration/wire/return-path.js";
import { fixture } from "../../support/recordings.js";
import { sharedPath, testWith } from "../../support/tools.js";
import { bytesOf } from "./bytes.js";

function messagesOf(bytes: Uint8Array): ReturnPathMessage[] {
  const reader = new ReturnPathReader();
  const messages: ReturnPathMessage[] = [];
  for (const byte of bytes) {
    reader.append(Uint8Array.of(byte));
    for (let item = reader.next(); item; item = reader.next()) messages.push(item.message);
  }
  reader.end();
  for (let item = reader.next(); item; item = reader.next()) messages.push(item.message);
  return messages;
}

test("what a destination answered when a postcopy was resumed: a bitmap for each block", () => {
  const bytes = readFileSync(fixture("streams", "postcopy-recovery.return"));
  const messages = messagesOf(bytes);
  const bitmaps = messages.slice(0, -2).map((message) => {
    if (message.type !== "RECV_BITMAP") throw new Error(message.type);
    return [message.block, message.bitmap.length];
  });
  // A bit a page, in whole longs: 32 MiB, and what fits into 64 pages.
  expect(bitmaps).toEqual([
    ["pc.ram", 1024],
    ["/rom@etc/acpi/tables", 8],
    ["pc.bios", 8],
    ["pc.rom", 8],
    ["/rom@etc/table-loader", 8],
    ["/rom@etc/acpi/rsdp", 8],
  ]);
  expect(messages.slice(-2)).toEqual([
    { type: "RESUME_ACK", value: 1 },
    { type: "SHUT", value: 0 },
  ]);
  const writer = new ByteWriter("big");
  for (const message of messages) writeReturnPathMessage(writer, message);
  expect(Buffer.compare(writer.take(), bytes)).toBe(0);
});

testWith(["shared"], "the answers of a real postcopy", () => {
  const bytes = readFileSync(sharedPath("recordings", "q35-postcopy", "channel0.return.bin"));
  expect(messagesOf(bytes)).toEqual([
    { type: "PONG", value: 1 },
    { type: "PONG", value: 2 },
    { type: "PONG", value: 4 },
    { type: "PONG", value: 3 },
    { type: "PONG", value: 0x42 },
    { type: "SHUT", value: 0 },
  ]);
});

test("every message is read as it was written", () => {
  const messages: ReturnPathMessage[] = [
    { type: "PONG", value: 1 },
    { type: "REQ_PAGES", start: 0x100000, length: 4096, block: "pc.ram" },
    { type: "REQ_PAGES", start: 0x101000, length: 4096 },
    { type: "RECV_BITMAP", block: "pc.ram", bitmap: Uint8Array.of(1, 2, 3) },
    { type: "RESUME_ACK", value: 1 },
    { type: "SWITCHOVER_ACK" },
    { type: "SHUT", value: 1 },
  ];
  const writer = new ByteWriter("big");
  for (const message of messages) writeReturnPathMessage(writer, message);
  expect(messagesOf(writer.take())).toEqual(messages);
});

describe("a DecodeError for", () => {
  test.each([
    ["type 0", "0000 0000", "return path message of type 0 at byte 0x0"],
    ["an unknown type", "0008 0000", "return path message of type 8 at byte 0x0"],
    ["a wrong length", "0002 0003 000000", "message of type 2 with 3 bytes, not 4 at byte 0x2"],
    ["an end within a message", "0002 0004 0000", "cut short: 4 bytes wanted, 2 left at byte 0x4"],
    ["a bitmap without end mark", `0005 0002 0178 ${"00".repeat(16)}`, "no end mark"],
  ])("%s", (_, hex, message) => {
    expect(() => messagesOf(bytesOf(hex))).toThrow(message);
  });
});
