/** Streams and traces within compression: by own code, by programs, damaged, and without end. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { writeLibvirtSaveHeader } from "../../src/migration/wire/libvirt-save-header.js";
import { frame, rawBlock, repeatBlock } from "../compression/zstd-frames.js";
import { buildCli } from "../support/built-cli.js";
import { runCli } from "../support/cli.js";
import { measureCli } from "../support/measured-cli.js";
import { describeWith } from "../support/programs.js";
import { fixture } from "../support/recordings.js";

const folder = mkdtempSync(join(tmpdir(), "qtrace-compressed-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const stream = readFileSync(fixture("microvm-file", "stream.bin"));
const trace = readFileSync(fixture("microvm-file", "source.simpletrace"));
const write = (name: string, ...parts: Uint8Array[]) => {
  const file = join(folder, name);
  writeFileSync(file, Buffer.concat(parts));
  return file;
};
const header = (compression: "raw" | "gzip" | "bzip2" | "xz" | "lzop" | "zstd") =>
  writeLibvirtSaveHeader({
    version: 2,
    wasRunning: true,
    compression,
    complete: true,
    xml: "<domain/>",
  });
const plain = write("plain.bin", stream);
const plainTrace = write("plain.trace", trace);
const items = async (file: string) => runCli(["stream", "items", file, "--json"]);

describe.each(["xz", "bzip2", "lzop"] as const)("%s", (name) => {
  describeWith([name], "by its program", (tool) => {
    const pack = (bytes: Uint8Array) =>
      execFileSync(tool[name], ["-c"], { input: bytes, maxBuffer: 1 << 28 });
    const packed = pack(stream);

    test("a stream, libvirt's image of one, and a trace", async () => {
      const { out } = await items(plain);
      expect(await items(write(`s.${name}`, packed))).toEqual({ code: 0, out, err: "" });
      const image = write(`image.${name}`, header(name), packed);
      expect(await items(image)).toEqual({ code: 0, out, err: "" });
      const decoded = await runCli(["decode", plainTrace]);
      const { code, out: text } = await runCli(["decode", write(`t.${name}`, pack(trace))]);
      expect([code, text]).toEqual([0, decoded.out]);
    });

    test("what the program says of a file that is cut ends the reading", async () => {
      const { code, err } = await items(write(`cut.${name}`, packed.subarray(0, -20)));
      expect(code).toBe(1);
      expect(err).toMatch(new RegExp(`^qtrace: .*cut\\.${name}: ${name}: [^\\n]+\\n$`));
    });
  });

  test("where it is not installed, the command line that does it", async () => {
    const heads = { xz: "\xfd7zXZ\0", bzip2: "BZh9", lzop: "\x89LZO\0\r\n\x1a\n" };
    const head = Buffer.from(`${heads[name]}${"x".repeat(100)}`, "latin1");
    const image = write(`it's.${name}`, header(name), head);
    vi.stubEnv("PATH", folder);
    const { code, err } = await items(image);
    expect(code).toBe(2);
    const quoted = `'${image.replace("'", "'\\''")}'`;
    const command = `tail -c +${header(name).length + 1} ${quoted} | ${name} -dc > OUTPUT`;
    expect(err).toBe(
      `qtrace: ${image}: compressed by ${name}, which is not installed; decompress it where it is: ${command}\n`,
    );
  });
});

test("libvirt's image in gzip, and gzip on standard input", async () => {
  const { out } = await items(plain);
  const image = await items(write("image.gz", gzipSync(Buffer.concat([header("raw"), stream]))));
  expect([image.code, image.out.split("\n").length]).toEqual([0, out.split("\n").length]);
  const piped = await runCli(["stream", "items", "-", "--json"], gzipSync(stream));
  expect(piped).toEqual({ code: 0, out, err: "" });
});

test("what is compressed twice is refused", async () => {
  const twice = write("twice.gz", gzipSync(gzipSync(stream)));
  const { code, err } = await items(twice);
  expect([code, err]).toEqual([2, `qtrace: ${twice}: compressed twice; decompress it first\n`]);
  const decoded = await runCli(["decode", write("twice.trace.gz", gzipSync(gzipSync(trace)))]);
  expect([decoded.code, decoded.err]).toEqual([2, expect.stringContaining("compressed twice")]);
});

test("a frame that is cut is not called empty", async () => {
  const packed = frame(20, [rawBlock(stream.subarray(0, 100_000), true)]);
  const cut = write("cut.zst", packed.subarray(0, 5000));
  const { code, err } = await items(cut);
  expect(code).toBe(1);
  expect(err).toMatch(/^qtrace: .*cut\.zst: zstd: cut short: .* at byte 0x6\n$/);
});

describe("bombs", () => {
  let cli = "";
  beforeAll(async () => {
    cli = await buildCli("compressed-input-test");
  });

  // The largest window that is read: 4 GiB of zeros in 128 KiB.
  const zeros = Array<Buffer>(4096).fill(repeatBlock(0, 1 << 17));
  const bomb = (start: Uint8Array) =>
    frame(27, [rawBlock(start), ...zeros, repeatBlock(0, 0, true)]);

  test.each([
    ["stream", "items", write("bomb.zst", bomb(Buffer.alloc(1000)))],
    ["stream", "ram", write("bomb-stream.zst", bomb(stream.subarray(0, 100_000)))],
    ["analyze", "--stream", write("bomb-analyze.zst", bomb(Buffer.alloc(1)))],
    [
      "decode",
      "--output",
      join(folder, "decoded"),
      write("bomb.trace", bomb(trace.subarray(0, 900))),
    ],
  ])("%s %s: less than 300 MB", (...args) => {
    expect(peakOf(args)).toBeLessThan(300);
  });

  /** The commands fail, since zeros are not what they read: their memory is what counts. */
  function peakOf(args: readonly string[]): number {
    return measureCli(cli, args, { mayFail: true }).megabytes;
  }
});
