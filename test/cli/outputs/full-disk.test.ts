/** Disks that are full: what was there before is there after, and nothing half-made. */

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createConnection, createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { runCli } from "../../support/cli.js";
import { startCli } from "../../support/interruptible-cli.js";
import { describeWith } from "../../support/programs.js";
import { fixture } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";
import { mountSmallDisk } from "../../support/small-disk.js";

const KIB = 1024;
const events = ["--events", join(repoRoot, "trace-events")];
const recording = fixture("microvm-file");
const stream = fixture("microvm-file", "stream.bin");

/** All names below a folder, sorted. */
function namesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}

describeWith(["mount"], "on a full disk", () => {
  const disk = mountSmallDisk(4096 * KIB);
  afterAll(() => disk.unmount());

  describe("the old file stays, and nothing else", () => {
    test.each<[string, number, (file: string) => string[]]>([
      ["analyze --output", 0, (file) => ["analyze", recording, ...events, "--output", file]],
      [
        "analyze --junit",
        0,
        (file) => [...["analyze", recording, ...events, "--max-downtime", "1e9", "--junit", file]],
      ],
      [
        "analyze --output PAGE.html",
        40,
        (file) => [...["analyze", recording, ...events, "--format", "html", "--output", file]],
      ],
      [
        "decode --output",
        0,
        (file) => [
          ...["decode", join(recording, "source.simpletrace"), ...events, "--output", file],
        ],
      ],
      ["stream edit", 100, (file) => ["stream", "edit", stream, "--output", file]],
      ["stream ram --heat", 4, (file) => ["stream", "ram", stream, "--heat", file]],
      [
        "generate --manifest",
        100,
        (file) => [
          ...["generate", join(repoRoot, "trace-events"), "--out", join(dirname(file), "out")],
          ...["--manifest", file],
        ],
      ],
      [
        "lint --update-baseline",
        0,
        (file) => [
          ...["lint", join(repoRoot, "trace-events"), "--baseline", file, "--update-baseline"],
        ],
      ],
    ])("%s, with %d KiB", async (_, room, args) => {
      // The old file takes a block.
      const folder = disk.folderWith((room + 4) * KIB);
      const file = join(folder, "file");
      const old = "what was there";
      writeFileSync(file, old);
      const { code, err } = await runCli(args(file));
      expect([code, err]).toEqual([2, expect.stringMatching(/^qtrace: .*: no space left$/m)]);
      expect(err).not.toMatch(/internal|\.tmp|\.qtrace/);
      expect([namesIn(folder), readFileSync(file, "utf8")]).toEqual([["file"], old]);
    });

    test("fmt", async () => {
      const folder = disk.folderWith(12 * KIB);
      const file = join(folder, "trace-events");
      const old = Array.from({ length: 400 }, (_, at) => `e${at}(int a)  "%d"\n`).join("");
      writeFileSync(file, old);
      const { code, err } = await runCli(["fmt", file]);
      expect([code, err]).toEqual([2, `qtrace: ${file}: no space left\n`]);
      expect([namesIn(folder), readFileSync(file, "utf8")]).toEqual([["trace-events"], old]);
    });
  });

  test("stream ram leaves the old set of images, and of a new one nothing", async () => {
    const folder = disk.folderWith(100 * KIB);
    const images = join(folder, "images");
    const run = () => runCli(["stream", "ram", stream, "--output", images]);
    const failed = await run();
    expect([failed.code, failed.out]).toEqual([2, ""]);
    expect(failed.err).toMatch(new RegExp(`^qtrace: ${images}/[\\w.@-]+: no space left\n$`));
    expect(namesIn(folder)).toEqual([]);
    disk.makeRoom();
    expect((await run()).code).toBe(0);
    const names = namesIn(images);
    const before = names.map((name) => readFileSync(join(images, name)).toString("base64"));
    // The rest of the disk is filled again.
    const free = Number(execFileSync("stat", ["-f", "-c", "%a", folder]).toString()) * 4 * KIB;
    writeFileSync(join(folder, "fill"), new Uint8Array(free - 40 * KIB));
    expect((await run()).code).toBe(2);
    expect(namesIn(images)).toEqual(names);
    expect(names.map((name) => readFileSync(join(images, name)).toString("base64"))).toEqual(
      before,
    );
  });

  test.each([0, 8, 40])("decode --per-event leaves no tables, with %d KiB", async (room) => {
    const folder = disk.folderWith(room * KIB);
    const output = join(folder, "tables");
    const trace = join(recording, "source.simpletrace");
    const args = ["decode", trace, ...events, "--per-event", "--format", "csv"];
    const { code, err } = await runCli([...args, "--output", output]);
    if (code === 0) throw new Error("the disk is not full: the test shows nothing");
    expect(err).toMatch(/^qtrace: .*\/tables(\/\w+\.csv)?: no space left$/m);
    expect(namesIn(folder)).toEqual([]);
  });

  test("tap: the migration continues, and what was recorded can be read", async () => {
    const folder = disk.folderWith(600 * KIB);
    const output = join(folder, "tapped");
    const [to, listen] = [join(folder, "to"), join(folder, "listen")];
    const guest = { memory: 2 << 20, dirtyRate: 0 };
    const machine = demoDestinationMachine(guest);
    const loads: Promise<unknown>[] = [];
    const destination = createServer({ allowHalfOpen: true }, (socket) => {
      loads.push(new MigrationDestination({ machine }).load(socket));
    }).listen(to);
    await once(destination, "listening");
    const args = ["--listen", `unix:${listen}`, "--to", `unix:${to}`, "--output", output];
    const tap = startCli(["tap", ...args]);
    await tap.said("listening at ");
    const socket = createConnection({ path: listen, allowHalfOpen: true });
    const sourceMachine = demoSourceMachine(guest);
    const { bytes } = await new MigrationSource({ machine: sourceMachine }).migrate(socket);
    const { code, err } = await tap.result;
    await Promise.all(loads);
    destination.close();
    expect(machine.runState).toBe("running");
    const recorded = readFileSync(join(output, "channel0.bin"));
    expect([code, recorded.length < bytes]).toEqual([2, true]);
    expect(err).toMatch(/no space left: recorded up to there; the migration went on$/m);
    expect(err).not.toContain("internal");
    expect(namesIn(output).filter((name) => name.startsWith("."))).toEqual([]);
    const items = await runCli(["stream", "items", join(output, "channel0.bin"), "--json"]);
    expect(items.out.split("\n")[0]).toContain('"offset":8,"type":7');
    expect(JSON.parse(readFileSync(join(output, "recording.json"), "utf8"))).toMatchObject({
      complete: false,
    });
  });

  test("a trace that finds no room beside a recording is not there in part", async () => {
    const folder = disk.folderWith(600 * KIB);
    const elsewhere = mkdtempSync(join(tmpdir(), "qtrace-trace-"));
    const trace = join(elsewhere, "source.simpletrace");
    writeFileSync(trace, new Uint8Array(1024 * KIB));
    const output = join(folder, "received");
    const args = ["--listen", "-", "--output", output, "--source-trace", trace, "--no-images"];
    const { code, err } = await runCli(["receive", ...args], readFileSync(stream));
    rmSync(elsewhere, { recursive: true });
    expect([code, err]).toEqual([2, expect.stringContaining("no space left")]);
    expect(namesIn(output)).not.toContain("source.simpletrace");
    expect(namesIn(output).filter((name) => name.startsWith("."))).toEqual([]);
  });

  describe("export", () => {
    test.each([0, 4, 16, 32])("with %d KiB: no part of a part stays", async (room) => {
      const folder = disk.folderWith(room * KIB);
      const dataSet = join(folder, "set");
      const run = () => runCli(["export", recording, ...events, "--output", dataSet]);
      const { code, err } = await run();
      expect([code, err]).toEqual([2, expect.stringMatching(/^qtrace: .*: no space left\n$/)]);
      const names = room === 0 ? namesIn(folder) : namesIn(dataSet);
      expect(names.filter((name) => name.endsWith(".parquet"))).toEqual([]);
      if (room === 0) expect(names).toEqual([]);
      else expect(readdirSync(join(dataSet, ".staging"))).toEqual([]);
      disk.makeRoom();
      expect(await run()).toMatchObject({
        code: 0,
        out: "recordings: 1 exported, 0 there already, 0 left out\n",
      });
    });

    test("--pages: no part of a page stays", async () => {
      const folder = disk.folderWith(100 * KIB);
      const dataSet = join(folder, "set");
      const args = ["export", recording, ...events, "--output", dataSet, "--pages"];
      const { code, err } = await runCli(args);
      expect([code, err]).toEqual([2, expect.stringMatching(/\.html: no space left\n$/)]);
      expect(readdirSync(join(dataSet, "pages"))).toEqual([]);
    });

    test("into a data set that can only be read, with what a killed export left", async () => {
      const folder = disk.folderWith(0);
      disk.makeRoom();
      const [dataSet, copy] = [join(folder, "set"), join(folder, "rec")];
      cpSync(recording, copy, { recursive: true });
      const args = [...events, "--host", "h", "--output", dataSet];
      await runCli(["export", copy, ...args]);
      const nobody = (2 ** 22 + 1).toString(36);
      const left = `0-${nobody}-0-0-left.${encodeURIComponent(hostname())}`;
      mkdirSync(join(dataSet, ".staging", left));
      writeFileSync(join(dataSet, ".staging", left, "partition"), "date=2026-01-01/host=h");
      const other = join(folder, "other");
      cpSync(recording, other, { recursive: true });
      writeFileSync(join(other, "source.simpletrace"), "");
      const mounted = join(folder, "..");
      execFileSync("mount", ["-o", "remount,ro", mounted]);
      try {
        expect(await runCli(["export", copy, ...args])).toEqual({
          code: 0,
          out: "recordings: 0 exported, 1 there already, 0 left out\n",
          err: "",
        });
        const more = await runCli(["export", other, "--salvage", ...args]);
        expect([more.code, more.err]).toEqual([2, expect.stringMatching(/: can only be read\n$/)]);
        expect(more.err).not.toContain("internal");
      } finally {
        execFileSync("mount", ["-o", "remount,rw", mounted]);
      }
    });
  });
});
