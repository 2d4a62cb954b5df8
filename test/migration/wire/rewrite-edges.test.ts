/** Writing a stream again: mapped memory, and what cannot be written. */

import { expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { writeConfiguration } from "../../../src/migration/wire/configuration.js";
import type { StreamEdits } from "../../../src/migration/wire/stream-edits.js";
import { StreamRewriter } from "../../../src/migration/wire/stream-rewriter.js";
import { StreamWriter } from "../../../src/migration/wire/stream-writer.js";
import { parseVmDescription } from "../../../src/migration/wire/vm-description.js";
import { vmDescriptionToJson } from "../../../src/migration/wire/vm-description-json.js";
import { bytesOf, concat, HEADER } from "./bytes.js";

const text = (value: string) => ({ text: value });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const u64 = (value: number) => value.toString(16).padStart(16, "0");

function rewrite(bytes: Uint8Array, edits: StreamEdits = {}): Uint8Array {
  const rewriter = new StreamRewriter(edits);
  const parts = Array.from(bytes, (byte) => rewriter.push(Uint8Array.of(byte)));
  return concat(...parts, rewriter.end());
}

/** A file of mapped-ram: a block of three pages, whose second is not there, and an ignored one. */
function mapped(machine: string, bitmapAt: number): Uint8Array {
  const capabilities = bytesOf(
    ...["05 1a", text("configuration/capabilities"), "00000001 00000001"],
    ...["0a", text("mapped-ram")],
  );
  const head = concat(
    bytesOf("5145564d 00000003 07", machine.length.toString(16).padStart(8, "0"), text(machine)),
    capabilities,
    bytesOf("01 00000002 03", text("ram"), "00000000 00000004"),
    bytesOf(u64(3 * 512 + 512 + 4), "01", text("a"), u64(3 * 512), "00000001", u64(512)),
    bytesOf(u64(bitmapAt), u64(1024)),
  );
  const file = new Uint8Array(1024 + 3 * 512);
  file.set(head);
  file[bitmapAt] = 5;
  file.fill(7, 1024, 1024 + 512);
  file.fill(9, 1024 + 1024);
  const ignored = bytesOf("01", text("b"), u64(512), "00000001", u64(512), u64(0), u64(0));
  return concat(file, ignored, bytesOf(u64(0x10), "7e 00000002 00"));
}

test("mapped memory is written where it was, its bitmap after the header", () => {
  // Where the header of the block ends.
  const at = 127;
  const stream = mapped("none", at);
  expect(hex(rewrite(stream))).toBe(hex(stream));
  expect(hex(rewrite(mapped("none", 900)))).toBe(hex(stream));
  expect(hex(rewrite(stream, { machine: "another" }))).toBe(hex(mapped("another", at + 3)));
  expect(() => rewrite(stream, { machine: "m".repeat(1000) })).toThrow(
    new RangeError("no room before the pages of a"),
  );
});

test.each<readonly [edits: StreamEdits, message: string]>([
  [{ machine: "pc" }, "no CONFIGURATION, which would name the machine type"],
  [
    { dropSubsections: [{ idstr: "d", subsection: "d/s" }] },
    'no subsection "d/s" that is described in "d"',
  ],
])("%o has nothing to edit", (edits, message) => {
  const stream = bytesOf("5145564d 00000003 08 0001 0000 00");
  expect(() => rewrite(stream, edits)).toThrow(new RangeError(message));
  expect(hex(rewrite(stream))).toBe(hex(stream));
});

test.each([
  ["a machine", bytesOf("5145564d 00000003 07 00000001 ff 00"), "0x8"],
  [
    "an idstr",
    concat(HEADER, bytesOf("04 00000009 01 ff 00000000 00000001 7e 00000009 00")),
    "0x20",
  ],
  [
    "a block",
    concat(
      HEADER,
      bytesOf(
        "01 00000002 03",
        text("ram"),
        "00000000 00000004",
        u64(4 + 1024),
        "01 ff",
        u64(1024),
      ),
    ),
    "0x34",
  ],
])("%s that is not UTF-8 is not written", (_, bytes, at) => {
  expect(() => rewrite(bytes)).toThrow(`text that is not UTF-8 at byte ${at}`);
});

test("a configuration with a subsection that is not known is not written", () => {
  const configuration = { machine: "m", subsections: ["x"], capabilities: [] };
  expect(() => writeConfiguration(new ByteWriter("big"), configuration)).toThrow(
    new RangeError('unknown subsection "x"'),
  );
});

test("a configuration is written with what its subsections say, or by default", () => {
  const subsections = ["target-page-bits", "capabilities", "uuid"].map(
    (name) => `configuration/${name}`,
  );
  const written = (more: object) => {
    const writer = new ByteWriter("big");
    writeConfiguration(writer, { machine: "m", subsections, capabilities: ["x"], ...more });
    return hex(writer.take());
  };
  const expected = (bits: string, uuid: string) =>
    hex(
      bytesOf(
        ...["07 00000001", text("m"), "05 1e", text(subsections[0]!), "00000001", bits],
        ...["05 1a", text(subsections[1]!), "00000001 00000001 01", text("x")],
        ...["05 12", text(subsections[2]!), "00000001", uuid],
      ),
    );
  expect(written({})).toBe(expected("0000000c", "00".repeat(16)));
  const uuid = "00112233-4455-6677-8899-aabbccddeeff";
  expect(written({ targetPageBits: 14, uuid })).toBe(
    expected("0000000e", uuid.replaceAll("-", "")),
  );
});

test("a stream is written item by item", () => {
  const writer = new StreamWriter(10);
  writer.header().configurationHead().u32(1).u8(0x6d);
  const head = { sectionId: 2, idstr: "ab", instanceId: 3, version: 4 };
  writer.sectionHead({ ...head, type: "section-start" }).ramBlockList([
    { name: "a", usedLength: 1024, hostPageSize: 4096, address: 5n },
    { name: "b", usedLength: 512 },
  ]);
  writer
    .footer(2)
    .sectionHead({ ...head, type: "section-part" })
    .footer(2);
  writer
    .sectionHead({ ...head, type: "section-end" })
    .sectionHead({ ...head, type: "section-full" });
  writer.eof().vmDescription({ pageSize: 4096, devices: [] });
  const json = '{"page_size": 4096, "devices": []}';
  expect(hex(writer.take())).toBe(
    hex(
      bytesOf(
        ...["5145564d 00000003 07 00000001 6d 01 00000002 02 6162 00000003 00000004"],
        ...[u64(1536 + 4), "01 61", u64(1024), u64(4096), u64(5), "01 62", u64(512)],
        ...["7e 00000002 02 00000002 7e 00000002 03 00000002"],
        ...["04 00000002 02 6162 00000003 00000004 00 06 00000022", text(json)],
      ),
    ),
  );
});

/** As QEMU prints them: old-style sections, lists whose vmstates repeat, arrays and elements. */
test.each([
  `{"page_size": 4096, "devices": [{"name": "d", "instance_id": 1, "size": 3, "fields": [{"name": "a", "size": 1, "type": "data"}, {"name": "b", "size": 2, "type": "data"}]}]}`,
  `{"page_size": 4096, "devices": [{"name": "d", "instance_id": 0, "size": 0, "fields": []}]}`,
  `{"page_size": 4096, "devices": [{"name": "d", "instance_id": 0, "vmsd_name": "v", "version": 0, "fields": []}]}`,
  `{"page_size": 4096, "devices": [{"name": "d", "instance_id": 0, "vmsd_name": "v", "version": 2, "fields": [{"name": "a", "index": 0, "type": "uint8", "size": 1}, {"name": "a", "array_len": 3, "type": "uint8", "size": 1}]}]}`,
  `{"page_size": 4096, "devices": [{"name": "d", "instance_id": 0, "vmsd_name": "v", "version": 2, "fields": [{"name": "l", "type": "qtailq", "vmsd_name": "e", "version": 1, "fields": [], "vmsd_name": "e", "version": 2, "fields": [], "subsections": [{"vmsd_name": "e/s", "version": 1, "fields": []}], "size": 3}]}]}`,
  `{"page_size": 4096, "devices": [{"name": "d", "instance_id": 0, "fields": [{"name": "s", "type": "struct", "struct": {"vmsd_name": "x", "version": 1, "fields": []}, "size": 0}]}]}`,
  `{"configuration": {"vmsd_name": "configuration", "version": 1, "fields": [], "subsections": [{"vmsd_name": "c", "version": 1, "fields": []}]}, "page_size": 8192, "devices": []}`,
])("the description %s is printed as it was", (json) => {
  expect(vmDescriptionToJson(parseVmDescription(json))).toBe(json);
});
