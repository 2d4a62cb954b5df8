import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { TraceFile } from "../../../src/cli/demo/trace-file.js";
import { ChannelRecorder } from "../../../src/cli/engine/channel-recorder.js";
import { demoSourceMachine } from "../../../src/migration/engine/demo-machine.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { heldChannel } from "../../migration/engine/held-channel.js";
import { runCli } from "../../support/cli.js";
import { startCli } from "../../support/interruptible-cli.js";
import { describeWith } from "../../support/programs.js";
import { seededRandom } from "../../support/random.js";
import { repoRoot } from "../../support/repo-root.js";
import { mountSmallDisk } from "../../support/small-disk.js";
import { ownStream } from "./own-stream.js";

const KIB = 1024;
const CHUNK = 64 * KIB;
const EVENTS = join(repoRoot, "trace-events", "migration", "trace-events");

/** The bytes that a recording has of a channel, and the offsets of its times. */
function recorded(file: string): { bytes: Buffer; offsets: number[] } {
  const bytes = readFileSync(`${file}.bin`);
  const times = readFileSync(`${file}.times`, "utf8");
  expect(times).toMatch(/^(\d+ \d+\n)*$/);
  const offsets = times.split("\n").slice(0, -1);
  return { bytes, offsets: offsets.map((line) => Number(line.split(" ")[0])) };
}

describeWith(["mount"], "on a disk that fills", () => {
  const disk = mountSmallDisk(16 * KIB * KIB);
  afterAll(() => disk.unmount());

  describe("a recorder", () => {
    /** Brings chunks to three recorders, in sizes that follow a seed, until all have failed. */
    async function fill(seed: number, room: number) {
      const random = seededRandom(seed);
      const folder = disk.folderWith(room);
      const channels = [0, 1, 2].map((number) => ({
        file: join(folder, `channel${number}`),
        recorder: new ChannelRecorder(join(folder, `channel${number}`)),
        chunks: [] as Buffer[],
      }));
      const largest = [100, 5000, 300 * KIB][seed % 3]!;
      const given: Buffer[] = [];
      while (channels.some(({ recorder }) => !recorder.failure)) {
        for (const { recorder, chunks } of channels.filter((each) => !each.recorder.failure)) {
          const chunk = Buffer.alloc(1 + random(largest), random(255));
          chunks.push(Buffer.from(chunk));
          given.push(chunk);
          recorder.record(chunk);
          await recorder.room();
        }
        if (random(8) === 0) await turn();
      }
      // All is settled: whoever brought it may use its memory again.
      for (const chunk of given) chunk.fill(255);
      return channels;
    }

    /** That times are of just the bytes that are there; gives how many those are. */
    function check(file: string, chunks: readonly Buffer[]): number {
      const { bytes, offsets } = recorded(file);
      expect(bytes.equals(Buffer.concat(chunks).subarray(0, bytes.length))).toBe(true);
      const begins = [0];
      for (const { length } of chunks) begins.push(begins.at(-1)! + length);
      expect(offsets).toEqual(begins.filter((begin) => begin < bytes.length));
      return bytes.length;
    }

    test("has the times of just the bytes that found room", async () => {
      for (let seed = 0; seed < 9; seed += 1) {
        const channels = await fill(seed, (64 + 300 * seed) * KIB);
        for (const { recorder } of channels) await recorder.close();
        for (const { file, chunks, recorder } of channels) {
          check(file, chunks);
          expect(recorder.failure?.message).toMatch(/\.(bin|times): no space left$/);
        }
      }
    });

    test("writes what waited when room came free", async () => {
      for (let seed = 0; seed < 9; seed += 1) {
        const channels = await fill(seed, (64 + 300 * seed) * KIB);
        disk.makeRoom();
        for (const { recorder } of channels) await recorder.close();
        for (const { file, chunks } of channels) {
          // The last chunk may have come behind the failure.
          const wanted = chunks.slice(0, -1).reduce((sum, { length }) => sum + length, 0);
          expect(check(file, chunks)).toBeGreaterThanOrEqual(wanted);
        }
      }
    });
  });

  test.each([
    ["goes on where room comes free", 3000, 2000],
    ["is ended when it is closed, if there is room by then", 1000, 1000],
    ["ends where no room comes free", 3000, Number.POSITIVE_INFINITY],
  ])("a trace %s", (_, count, freed) => {
    const pieces = Array.from({ length: count }, (_, index) =>
      Buffer.from(`${index}\n`.repeat(100)),
    );
    const file = join(disk.folderWith(200 * KIB), "source.log");
    const trace = new TraceFile(file);
    for (const [index, piece] of pieces.entries()) {
      if (index === freed) disk.makeRoom();
      trace.write(piece);
    }
    if (freed === count) disk.makeRoom();
    trace.close();
    const all = Buffer.concat(pieces);
    const kept = freed <= count ? all : all.subarray(0, 200 * KIB);
    expect(readFileSync(file).equals(kept)).toBe(true);
  });

  describe("receive", async () => {
    const { stream } = await ownStream({ memory: 2 << 20 });

    /** Receives the stream with so much room; how much of it was taken in, and what is left of that. */
    async function receive(room: number) {
      const output = join(disk.folderWith(room), "received");
      let taken = 0;
      const chunks = async function* () {
        while (taken < stream.length) {
          const chunk = stream.subarray(taken, taken + CHUNK);
          taken += chunk.length;
          yield chunk;
          await delay(2);
        }
      };
      const args = ["receive", "--listen", "-", "--output", output];
      const { code, err } = await startCli(args, chunks()).result;
      const { bytes, offsets } = recorded(join(output, "channel0"));
      const trace = join(output, "destination.simpletrace");
      const decoded = await runCli(["decode", trace, "--events", EVENTS, "--format", "jsonl"]);
      const images = readdirSync(join(output, "ram"));
      return { code, err, taken, bytes, offsets, decoded, images };
    }

    test.each([32, 100, 300, 700, 1000, 1200, 1400, 1600])(
      "with %d KiB: a recording that reads as far as it goes",
      async (room) => {
        const { code, err, taken, bytes, offsets, decoded, images } = await receive(room * KIB);
        expect([code, err]).toEqual([2, expect.stringMatching(/^qtrace: .*: no space left$/m)]);
        expect(err).not.toContain("internal");
        expect(bytes.equals(stream.subarray(0, bytes.length))).toBe(true);
        expect(offsets).toEqual(
          Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, index) => index * CHUNK),
        );
        expect(decoded.code).toBe(0);
        expect(decoded.out).toContain("loadvm_state_setup");
        expect(images).toEqual([]);
        // What the images leave is enough for all that came.
        if (room >= 1000) expect(bytes.length).toBeGreaterThanOrEqual(taken - CHUNK);
      },
    );
  });

  test("receive does not wait for a postcopy to go on whose bytes find no room", async () => {
    const folder = disk.folderWith(700 * KIB);
    const [output, socket] = [join(folder, "received"), join(folder, "socket")];
    const receive = startCli([
      ...["receive", "--listen", `unix:${socket}`, "--output", output, "--no-images"],
    ]);
    await receive.said("migration at ");
    const machine = demoSourceMachine({ memory: 4 << 20, dirtyRate: 0 });
    const source = new MigrationSource({ machine, postcopy: true });
    source.startPostcopy();
    const connected = createConnection({ path: socket, allowHalfOpen: true });
    // So slow that what comes is written meanwhile, and the guest runs here by the time.
    const channel = heldChannel(connected, (bytes) => delay(bytes / 4000));
    await expect(source.migrate(channel)).rejects.toThrow("postcopy has paused");
    const { code, err } = await receive.result;
    expect([code, err]).toEqual([2, expect.stringMatching(/^qtrace: .*: no space left$/m)]);
    expect(err).not.toContain("paused");
  });

  test("without any room receive and tap leave nothing behind", async () => {
    const output = join(disk.folderWith(0), "above", "recording");
    for (const command of [
      ["receive", "--listen", "-"],
      ["tap", "--listen", "127.0.0.1:0", "--to", "unix:/nowhere"],
    ]) {
      const { code, err } = await runCli([...command, "--output", output]);
      expect([code, err]).toEqual([
        2,
        `qtrace: ${join(output, "recording.json")}: no space left\n`,
      ]);
      expect(existsSync(join(output, ".."))).toBe(false);
    }
  });

  test("demo says so in a line", async () => {
    for (const room of [0, 300, 12_000]) {
      const output = join(disk.folderWith(room * KIB), "demo");
      const { code, err } = await runCli(["demo", "--output", output]);
      expect([code, err]).toEqual([2, expect.stringMatching(/^qtrace: .*: no space left\n$/m)]);
      expect(err).not.toContain("internal");
    }
  });
});
