/** Streams that begin somewhere in their file, as QEMU's `file:PATH,offset=N` writes them. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { describeWith } from "../support/programs.js";
import { withQemu } from "../support/qemu.js";
import { fixture } from "../support/recordings.js";
import { repoRoot } from "../support/repo-root.js";

const folder = mkdtempSync(join(tmpdir(), "qtrace-offset-"));
afterAll(() => rmSync(folder, { recursive: true }));

const OFFSET = 0x1000;
const stream = readFileSync(fixture("microvm-file", "stream.bin"));

function made(name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

async function itemsOf(file: string, ...options: string[]) {
  const { code, out } = await runCli(["stream", "items", file, "--json", ...options]);
  const lines = out.trim().split("\n");
  return { code, items: lines.map((line) => JSON.parse(line) as { offset: number; type: number }) };
}

const holed = made("holed", Buffer.concat([Buffer.alloc(OFFSET), stream]));
const preceded = made("preceded", Buffer.concat([Buffer.alloc(OFFSET, "text "), stream]));

test("after zeros the header is found, and offsets are those of the file", async () => {
  const { items: plain } = await itemsOf(fixture("microvm-file", "stream.bin"));
  const { code, items } = await itemsOf(holed);
  expect(code).toBe(0);
  expect(items.map(({ offset }) => offset - OFFSET)).toEqual(plain.map(({ offset }) => offset));
  expect(await itemsOf(preceded, "--offset", "4K")).toEqual({ code, items });
  expect(await itemsOf(preceded, "--offset", "0x1000")).toEqual({ code, items });
});

test.each([
  ["standard input", "-", []],
  ["gzip", made("holed.gz", gzipSync(readFileSync(holed))), []],
  [
    "gzip, with --offset",
    made("preceded.gz", gzipSync(readFileSync(preceded))),
    ["--offset", "4096"],
  ],
] as const)("likewise from %s", async (_, file, options) => {
  const { items } = await itemsOf(holed);
  const args = ["stream", "items", file, "--json", ...options];
  const { code, out } = await runCli(args, readFileSync(holed));
  expect(code).toBe(0);
  expect(
    out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(items);
});

test.each([
  ["nothing but zeros", made("zeros", Buffer.alloc(5000)), [], /has only zeros, not a migration/],
  [
    "zeros without end",
    made("many", Buffer.alloc(65 << 20)),
    [],
    /only zeros up to 0x4000000, not/,
  ],
  ["another place", holed, ["--offset", "16"], /begins 00 00 [0 ]+ at 0x10$/],
  ["behind the end", holed, ["--offset", "1G"], /ends before 0x40000000 or has only zeros/],
  ["not a number", holed, ["--offset", "4Q"], /not an offset in bytes, such as 4096, 0x1000 or 4K/],
] as const)("%s", async (_, file, options, message) => {
  const { code, err } = await runCli(["stream", "items", file, ...options]);
  expect(code).toBe(2);
  expect(err).toMatch(new RegExp(message.source, "m"));
});

test("analyze counts from the stream's start, as the source does", async () => {
  const of = async (file: string, ...options: string[]) => {
    const source = fixture("microvm-file", "source.simpletrace");
    const events = join(repoRoot, "trace-events");
    const args = ["--source", source, "--events", events, "--format", "json", ...options];
    return runCli(["analyze", "--stream", file, ...args]);
  };
  const plain = await of(fixture("microvm-file", "stream.bin"));
  expect(JSON.parse(plain.out)).toMatchObject({ problems: [], streamSize: stream.length });
  expect(await of(holed)).toEqual(plain);
  expect(await of(preceded, "--offset", "4096")).toEqual(plain);
});

test("edit gives the stream alone", async () => {
  const output = join(folder, "edited");
  const edit = ["stream", "edit", preceded, "--offset", "4096", "--output", output];
  expect(await runCli(edit)).toMatchObject({ code: 0 });
  expect(readFileSync(output).equals(stream)).toBe(true);
});

describeWith(["qemu"], "QEMU's own file at an offset", ({ qemu }) => {
  const MACHINE = ["-machine", "q35", "-m", "32"];
  const SIZE = 32 << 20;
  const mappedRam = { capabilities: [{ capability: "mapped-ram", state: true }] };
  const file = (name: string) => join(folder, name);

  beforeAll(async () => {
    await withQemu(qemu, MACHINE, async (source) => {
      for (const name of ["plain", "mapped"]) {
        if (name === "mapped") await source.execute("migrate-set-capabilities", mappedRam);
        await source.execute("cont");
        await new Promise((resolve) => setTimeout(resolve, 300));
        await source.execute("stop");
        await source.migrate(`file:${file(name)},offset=0x1000`);
      }
    });
  }, 60_000);

  /** The memory of a QEMU that has loaded a file, without what firmware and video memory lie over. */
  async function loaded(name: string, uri: string): Promise<Buffer> {
    const memory = file(`${name}.pmemsave`);
    await withQemu(qemu, [...MACHINE, "-incoming", "defer"], async (destination) => {
      if (name.startsWith("mapped")) {
        await destination.execute("migrate-set-capabilities", mappedRam);
      }
      await destination.execute("migrate-incoming", { uri });
      await destination.migrated();
      await destination.execute("pmemsave", { val: 0, size: SIZE, filename: memory });
    });
    return readFileSync(memory).fill(0, 0xa0000, 0x100000);
  }

  test.each(["plain", "mapped"])(
    "%s: the memory is what QEMU loads",
    async (name) => {
      const images = file(`${name}-images`);
      expect(await runCli(["stream", "ram", file(name), "--output", images])).toMatchObject({
        code: 0,
        err: "",
      });
      const image = readFileSync(join(images, "pc.ram.img")).fill(0, 0xa0000, 0x100000);
      expect(image.some((byte) => byte !== 0)).toBe(true);
      const memory = await loaded(name, `file:${file(name)},offset=0x1000`);
      expect(memory.equals(image)).toBe(true);
      // Written anew at the file's beginning, QEMU loads the same from there.
      const edited = file(`${name}-edited`);
      await runCli(["stream", "edit", file(name), "--output", edited]);
      expect((await loaded(`${name}-edited`, `file:${edited}`)).equals(memory)).toBe(true);
    },
    60_000,
  );
});
