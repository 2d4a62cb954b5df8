import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { MultifdWriter } from "../../src/migration/wire/multifd-writer.js";
import { RamRecordWriter } from "../../src/migration/wire/ram-record-writer.js";
import { StreamWriter } from "../../src/migration/wire/stream-writer.js";
import { runCli } from "../support/cli.js";

const folder = mkdtempSync(join(tmpdir(), "qtrace-channels-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PAGE = 4096;
const ram = { sectionId: 1, idstr: "ram", instanceId: 0, version: 4 } as const;

/** A stream whose block of two pages comes by other channels. */
const stream = join(folder, "channel0.bin");
const main = new StreamWriter().header().u8(7).u32(4).bytes(new TextEncoder().encode("none"));
main.sectionHead({ ...ram, type: "section-start" });
main.ramBlockList([{ name: "m", usedLength: 2 * PAGE }]);
new RamRecordWriter(main).endOfSection();
writeFileSync(stream, main.footer(1).eof().take());

const uuid = "0".repeat(32);
const packet = { flags: 1, allocated: 128, packetNumber: 1n, block: "m", zero: [] };
const multifd = new MultifdWriter()
  .hello({ uuid, channel: 0 })
  .pages({ ...packet, normal: [0] }, new Uint8Array(PAGE).fill(1))
  .take();

const urgent = new StreamWriter();
new RamRecordWriter(urgent).page("m", PAGE, new Uint8Array(PAGE).fill(2));
const files = { multifd: join(folder, "channel1.bin"), urgent: join(folder, "channel2.bin") };
writeFileSync(files.multifd, multifd);
writeFileSync(files.urgent, urgent.take());

test("pages of further channels of either kind, which may be pipes", async () => {
  const pipes = Object.values(files).map((file) => {
    const pipe = `${file}.pipe`;
    execFileSync("mkfifo", [pipe]);
    spawn("sh", ["-c", 'cat "$0" > "$1"', file, pipe], { stdio: "ignore" });
    return pipe;
  });
  const output = join(folder, "images");
  const args = ["stream", "ram", stream, "--channel", ...pipes, "--output", output];
  expect(await runCli(args)).toMatchObject({ code: 0, err: "" });
  const image = readFileSync(join(output, "m.img"));
  expect([image.length, image[0], image[PAGE]]).toEqual([2 * PAGE, 1, 2]);
});

test("a main channel is no further one", async () => {
  const args = ["stream", "ram", stream, "--channel", stream, "--stats"];
  const err = `qtrace: ${stream}: a main channel, not a further one\n`;
  expect(await runCli(args)).toMatchObject({ code: 2, err });
});

test("an urgent channel that is cut short is named, what came before it is there", async () => {
  const cut = join(folder, "cut.bin");
  writeFileSync(cut, readFileSync(files.urgent).subarray(0, 100));
  const output = join(folder, "cut-images");
  const channels = ["--channel", files.multifd, cut];
  const { code, err } = await runCli(["stream", "ram", stream, ...channels, "--output", output]);
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(
      /^qtrace: .*cut\.bin: cut short: .*\nqtrace: .*: the images are incomplete, .*\n$/,
    ),
  ]);
  expect(readFileSync(join(output, "m.img"))[0]).toBe(1);
});
