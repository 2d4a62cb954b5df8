import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../support/cli.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-names-"));
afterAll(() => rmSync(work, { recursive: true }));

const PAGE = 4096;

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** A length of one byte and the text, as RAM records have the names of blocks. */
function short(text: string): Buffer {
  return Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)]);
}

/** A stream with one page for each block, filled with the block's number. */
function streamOf(names: readonly string[]): Buffer {
  const footer = Buffer.concat([Buffer.of(0x7e), u32(2)]);
  const end = Buffer.concat([u64(0x10), footer]);
  return Buffer.concat([
    ...[Buffer.from("QEVM"), u32(3), Buffer.of(7), u32(11), Buffer.from("pc-q35-10.2")],
    ...[Buffer.of(1), u32(2), short("ram"), u32(0), u32(4), u64((names.length * PAGE) | 4)],
    ...names.flatMap((name) => [short(name), u64(PAGE)]),
    ...[end, Buffer.of(2), u32(2)],
    ...names.flatMap((name, index) => [u64(8), short(name), Buffer.alloc(PAGE, index + 1)]),
    ...[end, Buffer.of(0)],
  ]);
}

test("stream ram has an image for each block, whatever its name, and says which one was cut", async () => {
  const long = "x".repeat(255);
  const names = ["../../etc/x", "/abs", "..", "a/b", "a_b", "A_b", "blocks.json", long, ""];
  const [stream, output] = [join(work, "stream.bin"), join(work, "images")];
  writeFileSync(stream, streamOf(names));
  const { code, err } = await runCli(["stream", "ram", stream, "--output", output]);
  const hash = createHash("sha256").update(long).digest("hex").slice(0, 16);
  const cut = `${"x".repeat(234)}-${hash}.img`;
  expect([code, err]).toEqual([
    0,
    `qtrace: ${stream}: the name of RAM block ${long} is too long for a file; its image is ${cut}\n`,
  ]);
  const list = JSON.parse(readFileSync(join(output, "blocks.json"), "utf8"));
  expect(list.map(({ block }: { block: string }) => block)).toEqual(names);
  for (const [index, { file }] of list.entries()) {
    expect(readFileSync(join(output, file))).toEqual(Buffer.alloc(PAGE, index + 1));
  }
  expect(readdirSync(output)).toHaveLength(names.length + 1);
  expect(readdirSync(work).sort()).toEqual(["images", "stream.bin"]);
});

test("stream ram says that images are incomplete where the stream is cut", async () => {
  const [stream, output] = [join(work, "cut.bin"), join(work, "cut")];
  writeFileSync(stream, streamOf(["pc.ram", "vga.vram"]).subarray(0, -PAGE));
  const { code, err } = await runCli(["stream", "ram", stream, "--output", output]);
  expect(code).toBe(1);
  expect(err).toContain(
    `qtrace: ${output}: the images are incomplete, as the stream could not be read to its end\n`,
  );
});
