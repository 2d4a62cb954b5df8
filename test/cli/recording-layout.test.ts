import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { recordingNames } from "../../src/cli/recording-layout.js";
import { runCli } from "../support/cli.js";
import { fixture } from "../support/recordings.js";
import { repoRoot } from "../support/repo-root.js";
import { sharedPath, testWith } from "../support/tools.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-layout-"));
afterAll(() => rmSync(work, { recursive: true }));
const own = ["--events", join(repoRoot, "trace-events")];

/** A folder with copies of the recording's files, by their new names. */
function recording(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(work, name);
  mkdirSync(folder, { recursive: true });
  for (const [copy, file] of Object.entries(files))
    copyFileSync(fixture("microvm-file", file), join(folder, copy));
  return folder;
}

describe("the files of a recording", () => {
  test("are found by their names; channels and connections are ordered by number", () => {
    const names = [
      ...["channel10.bin", "channel2.bin", "channel1.bin", "channel0.bin", "channel0.times"],
      ...["channel0.return.bin", "channel1.return.bin", "channel0.resumed10.bin"],
      ...["channel0.resumed2.bin", "channel0.resumed2.return.bin", "source.log", "notes.txt"],
      "destination.trace-events-all",
    ];
    expect(recordingNames("dir", names)).toEqual({
      stream: "channel0.bin",
      channels: ["channel1.bin", "channel2.bin", "channel10.bin"],
      resumed: ["channel0.resumed2.bin", "channel0.resumed10.bin"],
      wire: "channel0.times",
      source: "source.log",
      destinationEvents: "destination.trace-events-all",
    });
  });

  test("a trace in both formats is read as simpletrace", () => {
    const names = ["source.log", "source.simpletrace", "destination.simpletrace"];
    expect(recordingNames("dir", names)).toMatchObject({
      source: "source.simpletrace",
      destination: "destination.simpletrace",
    });
  });
});

describe("stream.bin and channel0.bin in one folder", () => {
  const both = recording("both/inner", {
    "stream.bin": "stream.bin",
    "channel0.bin": "stream.bin",
    "source.simpletrace": "source.simpletrace",
  });
  const why = `qtrace: ${both}: both stream.bin and channel0.bin are there, and a recording has one main channel: remove one\n`;

  test("analyze names both, and reads neither", async () => {
    expect(await runCli(["analyze", both, ...own])).toEqual({ code: 2, out: "", err: why });
    const named = await runCli(["analyze", both, "--stream", join(both, "stream.bin"), ...own]);
    expect(named).toMatchObject({ code: 0, err: "" });
  });

  test("send does, before it connects", async () => {
    expect(await runCli(["send", both, "--to", "127.0.0.1:9"])).toEqual({
      code: 2,
      out: "",
      err: why,
    });
  });

  test("export leaves it out, keeps the others, and exits 2", async () => {
    recording("both/sound", { "stream.bin": "stream.bin" });
    const target = join(work, "both-set");
    const { code, out, err } = await runCli([
      ...["export", join(work, "both"), "--output", target, "--host", "h", ...own],
    ]);
    expect(code).toBe(2);
    expect(err).toContain("both stream.bin and channel0.bin are there");
    expect(out).toContain("recordings: 1 exported, 0 there already, 1 left out");
  });
});

test("export finds a recording below a folder that is one itself", async () => {
  const outer = recording("nested", { "source.simpletrace": "source.simpletrace" });
  recording("nested/deep/inner", { "stream.bin": "stream.bin" });
  // A folder with a name that hides it holds none.
  recording("nested/.hidden", { "stream.bin": "stream.bin" });
  const target = join(work, "nested-set");
  const exported = await runCli(["export", outer, "--output", target, "--host", "h", ...own]);
  expect(exported.out).toContain("recordings: 2 exported, 0 there already, 0 left out");
  const { out } = await runCli([
    ...["query", target, "SELECT name FROM migrations ORDER BY name", "--format", "json"],
  ]);
  expect(out).toContain("inner");
  expect(out).toContain("nested");
});

describe("the size of a stream is that of all its channels", () => {
  test("and each is listed", async () => {
    const folder = recording("channels", { "channel0.bin": "stream.bin" });
    writeFileSync(join(folder, "channel1.bin"), Buffer.alloc(1_000_000));
    writeFileSync(join(folder, "channel2.bin"), "");
    writeFileSync(join(folder, "channel1.return.bin"), "not counted");
    const { out } = await runCli(["analyze", folder, "--format", "json", ...own]);
    expect(JSON.parse(out)).toMatchObject({
      streamSize: 208_636,
      channelBytes: [1_000_000, 0],
      totalBytes: 1_208_636,
    });
    expect((await runCli(["analyze", folder, ...own])).out).toMatch(
      /^stream +1\.15 MiB: 204 KiB in 22 items on the main channel, 977 KiB on 2 additional channels$/m,
    );
  });

  testWith(["shared"], "as QEMU counts what it transferred", async () => {
    const dir = sharedPath("recordings", "q35-multifd");
    const events = ["--events", sharedPath("corpus", "qemu-10.2.2", "trace-events-all")];
    const { out } = await runCli(["analyze", dir, ...events, "--format", "json"]);
    // query-migrate.json: ram.transferred.
    expect(JSON.parse(out).totalBytes).toBe(6_033_143);
    const target = join(work, "multifd-set");
    await runCli(["export", dir, "--output", target, "--host", "h", ...events]);
    const rows = await runCli([
      ...["query", target, "SELECT stream_bytes FROM migrations", "--format", "csv"],
    ]);
    expect(rows.out).toContain("6033143");
    const page = await runCli(["analyze", dir, ...events, "--format", "html"]);
    expect(page.out).toContain("<dd>5.75 MiB<small>");
  });
});
