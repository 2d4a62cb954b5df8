/** Streams, and files that hold them, whose lengths lie: one clear line, and no memory for them. */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { ByteWriter } from "../../src/bytes/byte-writer.js";
import { StreamWriter } from "../../src/migration/wire/stream-writer.js";
import { countAllocations } from "../support/allocations.js";
import { runCli } from "../support/cli.js";

const folder = mkdtempSync(join(tmpdir(), "qtrace-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (value: string) => new TextEncoder().encode(value);
const begin = () => new StreamWriter().header().u8(7).u32(4).bytes(text("none"));
const RAM = { sectionId: 1, idstr: "ram", instanceId: 0, version: 4 } as const;
const ram = () => begin().sectionHead({ ...RAM, type: "section-start" });
const device = (idstr: string) =>
  begin().sectionHead({ type: "section-full", sectionId: 2, idstr, instanceId: 0, version: 1 });

/** A device with three bytes, and a description that has this to say of it. */
function described(field: string, pageSize = 4096): Uint8Array {
  const head = `"name": "x", "instance_id": 0, "vmsd_name": "x", "version": 1`;
  const json = text(`{"page_size": ${pageSize}, "devices": [{${head}, "fields": [${field}]}]}`);
  const writer = device("x").bytes(text("abc")).footer(2).eof();
  return writer.u8(6).u32(json.length).bytes(json).take();
}

/** Arrays of two arrays of two … elements. */
function nested(depth: number): string {
  let field = `{"name": "f", "type": "uint8", "size": 1}`;
  for (let level = 0; level < depth; level += 1) {
    const struct = `{"vmsd_name": "s", "version": 1, "fields": [${field}]}`;
    const size = 2 ** Math.min(level, 50);
    field = `{"name": "f", "array_len": 2, "type": "struct", "struct": ${struct}, "size": ${size}}`;
  }
  return field;
}

function page(flag: number): StreamWriter {
  const writer = ram()
    .ramBlockList([{ name: "m", usedLength: 8192 }])
    .u64(0x10)
    .footer(1);
  writer
    .sectionHead({ ...RAM, type: "section-part" })
    .u64(flag)
    .u8(1)
    .bytes(text("m"));
  return writer;
}

function qcow2(edit: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(1 << 16);
  const view = new DataView(bytes.buffer);
  bytes.set(text("QFI"));
  view.setUint8(3, 0xfb);
  view.setUint32(4, 3);
  view.setUint32(20, 16);
  view.setBigUint64(24, 1n << 30n);
  view.setUint32(60, 1);
  view.setBigUint64(64, 112n);
  edit(view);
  return bytes;
}

const bomb = deflateSync(new Uint8Array(7_000_000));
const packages = begin();
for (let left = 1000; left > 0; left -= 1) packages.command({ name: "PACKAGED", length: 9 * left });
const empties = ram().u64(4096 + 4);
for (let block = 0; block < 5000; block += 1) empties.u8(1).bytes(text("m")).u64(0);

/** Bytes of buffers that any command may allocate, in addition to a few times its input. */
const LITTLE = 2 << 20;
/** The search for a footer goes through 64 MiB, in a window that doubles. */
const MEMORY: Readonly<Record<string, number>> = {
  "a bomb of a section in gzip": 6 * 64 * 1024 * 1024,
};

const CASES: readonly (readonly [string, Uint8Array, string])[] = [
  [
    "a field of 4 GiB",
    described('{"name": "f", "type": "buffer", "size": 4294967296}'),
    "described as",
  ],
  [
    "2^31 elements",
    described('{"name": "f", "array_len": 2147483648, "type": "a", "size": 1}'),
    "described as",
  ],
  ["an array of arrays, 2^60", described(nested(60)), "described as"],
  ["an array of arrays, 2^20, whose sizes fit", described(nested(20)), "cut short"],
  ["a size below 0", described('{"name": "f", "type": "a", "size": -5}'), "no count"],
  ["pages of 0 bytes", described('{"name": "f", "type": "a", "size": 3}', 0), "page_size of 0"],
  ["pages of 3 bytes", described('{"name": "f", "type": "a", "size": 3}', 3), "page_size of 3"],
  ["pages of 2^50 bytes", described('{"name": "f", "type": "a", "size": 3}', 2 ** 50), "page_size"],
  [
    "a block of 2^60 bytes",
    ram()
      .u64((1n << 60n) + 4n)
      .take(),
    "cut short",
  ],
  ["a block list without end", empties.take(), "too many RAM blocks"],
  [
    "a description of 4 GiB",
    begin().eof().u8(6).u32(0xffffffff).bytes(text("{}")).take(),
    "VMDESCRIPTION of",
  ],
  ["a description nested 100,000 deep", described("[".repeat(100_000)), "nested too deep"],
  ["packages in packages", packages.take(), "PACKAGED within PACKAGED"],
  [
    "a package of 4 GiB",
    begin().command({ name: "PACKAGED", length: 0xffffffff }).take(),
    "cut short",
  ],
  [
    "a bomb of a section in gzip",
    gzipSync(device("x").bytes(new Uint8Array(100_000_000)).take()),
    "no footer of section 2 in 67108864 bytes",
  ],
  [
    "a bomb of a page",
    page(0x100).u32(bomb.length).bytes(bomb).take(),
    "compressed page: 4097 bytes|cut short",
  ],
  [
    "XBZRLE beyond the page",
    page(0x40)
      .u8(1)
      .u16(3)
      .bytes(Uint8Array.of(0, 0xff, 0x7f))
      .take(),
    "new bytes|cut short",
  ],
  [
    "bits of 2^52",
    device("dirty-bitmap")
      .u8(0x40)
      .u64(0)
      .u32(128)
      .u64(2 ** 52)
      .take(),
    "cut short",
  ],
  [
    "libvirt's XML of 4 GiB",
    new ByteWriter("little")
      .bytes(text("LibvirtQemudSave"))
      .u32(2)
      .u32(0xffffffff)
      .bytes(new Uint8Array(100))
      .take(),
    "cut short",
  ],
  ["2^32 snapshots", qcow2((view) => view.setUint32(60, 0xffffffff)), "4294967295 snapshots"],
  ["65,536 snapshots", qcow2((view) => view.setUint32(60, 65_536)), "cut short: 16 bytes"],
  [
    "a snapshot whose name is 4 GiB off",
    qcow2((view) => view.setUint32(112 + 36, 0xffffffff)),
    "entry too long",
  ],
  [
    "a snapshot's tables behind the file's end",
    qcow2((view) => {
      view.setBigUint64(112, 1n << 40n);
      view.setUint32(120, 0xffffffff);
      view.setUint32(112 + 32, 0x7fffffff);
    }),
    "qcow2 table",
  ],
];

describe.each(CASES)("%s", (name, bytes, message) => {
  const file = join(folder, name.replaceAll(/\W/g, "-"));
  const memory = MEMORY[name] ?? LITTLE;
  writeFileSync(file, bytes);

  test.each([["items"], ["ram", "--output", join(folder, "images")]])(
    "stream %s",
    async (...args) => {
      const [command, ...options] = args;
      const { result, allocations } = await countAllocations(() =>
        runCli(["stream", command!, file, ...options.filter(Boolean)]),
      );
      const { code, err } = result;
      const left = "(qtrace: .*the images are incomplete.*\n)?";
      expect(err).toMatch(new RegExp(`^qtrace: .*(${message}).*\n${left}$`));
      expect(code).toBeGreaterThan(0);
      expect(allocations.total).toBeLessThan(8 * bytes.length + memory);
    },
  );
});

test("thousands of blocks do not take as many open files", async () => {
  const blocks = Array.from({ length: 2000 }, (_, number) => ({
    name: `block${number}`,
    usedLength: 4096,
  }));
  const file = join(folder, "many");
  const writer = ram().ramBlockList(blocks);
  for (const { name } of blocks) {
    writer.u64(0x2).u8(name.length).bytes(Buffer.from(name)).u8(0);
  }
  writeFileSync(file, writer.u64(0x10).footer(1).eof().take());
  const images = join(folder, "many-images");
  const { code } = await runCli(["stream", "ram", file, "--output", images]);
  expect([code, readdirSync(images).length]).toEqual([0, 2001]);
});
