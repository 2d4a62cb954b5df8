import { expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { findVmDescription } from "../../../src/migration/wire/find-vm-description.js";
import { bytesAsRandomAccess } from "../../../src/migration/wire/random-access.js";
import {
  parseVmDescription,
  type VmDescription,
} from "../../../src/migration/wire/vm-description.js";
import { writeVmDescription } from "../../../src/migration/wire/vm-description-item.js";
import { vmDescriptionToJson } from "../../../src/migration/wire/vm-description-json.js";
import { concat, HEADER } from "./bytes.js";

const find = (bytes: Uint8Array) => findVmDescription(bytesAsRandomAccess(bytes));

/** A description whose JSON has about so many bytes. */
function description(size: number): VmDescription {
  const fields = [{ name: "x".repeat(size), type: "uint8", size: 1 }];
  const device = { name: "d", instanceId: 0, vmsdName: "d", version: 1, fields, subsections: [] };
  return { pageSize: 4096, devices: [device] };
}

function stream(of: VmDescription, before = 0): Uint8Array {
  const writer = new ByteWriter("big").bytes(new Uint8Array(before).fill(6)).u8(0);
  writeVmDescription(writer, of);
  return concat(HEADER, writer.take());
}

test.each([10, 65_000, 200_000])(
  "one of %i bytes, behind bytes that look like its type",
  async (size) => {
    expect(await find(stream(description(size), 5000))).toEqual(description(size));
  },
);

test("its head may lie anywhere to the blocks in which the file is read", async () => {
  const head = stream(description(0)).length - HEADER.length - 1;
  for (let size = 65_536 - head - 8; size < 65_536 - head + 8; size += 1) {
    expect(await find(stream(description(size), 100))).toEqual(description(size));
  }
});

test("a file without one", async () => {
  expect(await find(concat(HEADER, new Uint8Array(10)))).toBeUndefined();
  expect(await find(new Uint8Array(0))).toBeUndefined();
});

test("a stream that is nothing else", async () => {
  const { pageSize, devices } = description(10);
  expect(await find(stream(description(10)).subarray(HEADER.length + 1))).toEqual({
    pageSize,
    devices,
  });
});

test("bytes like its head that are not, as the length does not reach to the end", async () => {
  const json = '{"page_size": 4096, "devices": []}';
  const withLength = (length: number) =>
    new ByteWriter("big").u8(6).u32(length).bytes(Buffer.from(json));
  for (const [more, found] of [
    [-1, undefined],
    [0, { pageSize: 4096, devices: [] }],
    [1, undefined],
  ] as const)
    expect(await find(concat(HEADER, withLength(json.length + more).take()))).toEqual(found);
  const open = withLength(json.length).take();
  open[0] = 7;
  expect(await find(concat(HEADER, open))).toBeUndefined();
  const behind = concat(HEADER, withLength(json.length).take(), Uint8Array.of(0x20));
  expect(await find(behind)).toBeUndefined();
});

test("JSON that is no description", async () => {
  const writer = new ByteWriter("big").u8(0);
  writeVmDescription(writer, '{"page_size": -1, "devices": []}');
  expect(await find(concat(HEADER, writer.take()))).toBeUndefined();
});

test("a device without a vmsd_name keeps its structs when it is written", () => {
  const struct = {
    vmsd_name: "clock",
    version: 1,
    fields: [{ name: "a", type: "uint8", size: 1 }],
  };
  const fields = [{ name: "clock", type: "struct", struct, size: 1 }];
  const devices = [{ name: "x", instance_id: 0, fields, subsections: [] }];
  const description = parseVmDescription(JSON.stringify({ page_size: 4096, devices }));
  expect(parseVmDescription(vmDescriptionToJson(description))).toEqual(description);
});
