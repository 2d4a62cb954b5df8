import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { PAGE, streamOfBlocks } from "../support/stream-of-blocks.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-names-"));
afterAll(() => rmSync(work, { recursive: true }));

test("stream ram has an image for each block, whatever its name, and says which one was cut", async () => {
  const long = "x".repeat(255);
  const names = ["../../etc/x", "/abs", "..", "a/b", "a_b", "A_b", "blocks.json", long, ""];
  const [stream, output] = [join(work, "stream.bin"), join(work, "images")];
  writeFileSync(stream, streamOfBlocks(names));
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
  writeFileSync(stream, streamOfBlocks(["pc.ram", "vga.vram"]).subarray(0, -PAGE));
  const { code, err } = await runCli(["stream", "ram", stream, "--output", output]);
  expect(code).toBe(1);
  expect(err).toContain(
    `qtrace: ${output}: the images are incomplete, as the stream could not be read to its end\n`,
  );
});
