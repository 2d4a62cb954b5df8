import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, expect, test, vi } from "vitest";
import { ChannelRecorder } from "../../../src/cli/engine/channel-recorder.js";
import { writeChunks } from "../../../src/cli/engine/write-chunks.js";
import { seededRandom } from "../../support/random.js";

vi.mock("../../../src/cli/engine/write-chunks.js", async (original) => {
  const { writeChunks } = await original<{ writeChunks: () => Promise<void> }>();
  return { writeChunks: vi.fn(writeChunks) };
});

const work = mkdtempSync(join(tmpdir(), "qtrace-recorder-"));
afterAll(() => rmSync(work, { recursive: true }));

test("all that was brought is written, however it came, with a time for each chunk", async () => {
  const random = seededRandom(5);
  for (let round = 0; round < 20; round += 1) {
    const recorder = new ChannelRecorder(join(work, `all-${round}`));
    const chunks = Array.from({ length: 300 }, () => Buffer.alloc(1 + random(9000), random(256)));
    for (const chunk of chunks) {
      recorder.record(chunk);
      if (random(4) === 0) await turn();
    }
    await recorder.close();
    const written = readFileSync(join(work, `all-${round}.bin`));
    expect(written.equals(Buffer.concat(chunks))).toBe(true);
    const times = readFileSync(join(work, `all-${round}.times`), "utf8")
      .trim()
      .split("\n");
    expect(times).toHaveLength(chunks.length);
  }
});

test("more tiny chunks than are written or timed at once", async () => {
  const recorder = new ChannelRecorder(join(work, "tiny"));
  for (let byte = 0; byte < 40_000; byte += 1) recorder.record(Uint8Array.of(byte));
  await recorder.close();
  expect(readFileSync(join(work, "tiny.bin"))).toHaveLength(40_000);
  expect(readFileSync(join(work, "tiny.times"), "utf8").split("\n")).toHaveLength(40_001);
});

test("who brings more than the disk takes is told to wait", async () => {
  const recorder = new ChannelRecorder(join(work, "full"));
  const chunk = Buffer.alloc(16 << 20);
  for (let count = 0; count < 5; count += 1) recorder.record(chunk);
  expect(recorder.isFull).toBe(true);
  await recorder.room();
  expect(recorder.isFull).toBe(false);
  await recorder.close();
});

test("a file that cannot be written is reported, and blocks nobody", async () => {
  mkdirSync(join(work, "disk.bin"));
  const recorder = new ChannelRecorder(join(work, "disk"));
  recorder.record(Buffer.alloc(1000));
  await turn();
  for (let count = 0; count < 50; count += 1) {
    recorder.record(Buffer.alloc(4 << 20));
    await recorder.room();
  }
  await recorder.close();
  expect(recorder.failure?.message).toBe(`${join(work, "disk")}.bin: is a folder`);
});

test("a folder that is gone is a failure of the recording alone", async () => {
  const recorder = new ChannelRecorder(join(work, "gone", "channel0"));
  recorder.record(Buffer.alloc(10));
  await recorder.close();
  expect(recorder.failure?.message).toContain("no such file or folder");
});

test("little is on the disk soon, with its time, though the recorder is not closed", async () => {
  const recorder = new ChannelRecorder(join(work, "little"));
  for (const byte of [1, 2, 3]) recorder.record(Uint8Array.of(byte));
  const bytes = () => readFileSync(join(work, "little.bin"));
  await vi.waitUntil(() => bytes().length === 3, { timeout: 30_000 });
  expect([...bytes()]).toEqual([1, 2, 3]);
  expect(readFileSync(join(work, "little.times"), "utf8").split("\n")).toHaveLength(4);
  await recorder.close();
});

test("small chunks are gathered: few writes", async () => {
  const recorder = new ChannelRecorder(join(work, "gathered"));
  const writes = vi.mocked(writeChunks).mock.calls;
  const before = writes.length;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  for (let count = 0; count < 15; count += 1) {
    recorder.record(Buffer.alloc(64 * 1024));
    await turn();
  }
  vi.useRealTimers();
  expect(writes.length - before).toBe(0);
  recorder.record(Buffer.alloc(64 * 1024));
  await recorder.close();
  expect(statSync(join(work, "gathered.bin")).size).toBe(1 << 20);
  // One of times, one of bytes.
  expect(writes.length - before).toBe(2);
});
