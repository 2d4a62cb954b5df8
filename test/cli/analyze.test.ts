import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { fixture } from "../support/recordings.js";
import { repoRoot } from "../support/repo-root.js";
import { sharedPath, testWith } from "../support/tools.js";

const recording = fixture("microvm-file");
const own = ["--events", join(repoRoot, "trace-events")];
const folder = () => mkdtempSync(join(tmpdir(), "qtrace-"));

describe("analyze", () => {
  test("a recording's folder gives the account", async () => {
    const { code, out, err } = await runCli(["analyze", recording, ...own]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("SWITCHOVER_START at byte 0x2b231");
    expect(out).toContain("source: 100 %, 20 of the 20 items that QEMU traces there");
  });

  test("--compare tells once which events both were read with", async () => {
    const { code, err } = await runCli(["analyze", "--compare", recording, recording]);
    expect(code).toBe(0);
    expect(err).toMatch(/^qtrace: events as declared in [^\n]*\n$/);
  });

  test("what the account does not need for certain is told of no log", async () => {
    const dir = fixture("postcopy-faults");
    const events = [join(dir, "trace-events"), ...own.slice(1)];
    const { out, err } = await runCli(["analyze", dir, "--events", ...events]);
    expect(out).toContain("124 asked of the source");
    expect(err).not.toContain("does not tell for certain");
  });

  test("a side's QEMU of another version has its own events, beside its trace or named", async () => {
    const dir = folder();
    const older = fixture("other-versions", "qemu-5.2");
    for (const side of ["source", "destination"]) {
      writeFileSync(
        join(dir, `${side}.log`),
        gunzipSync(readFileSync(join(older, `${side}.log.gz`))),
      );
    }
    const told = "process_incoming_migration_co_end with other text than its format prints";
    expect((await runCli(["analyze", dir, ...own])).err).toContain(told);

    const events = join(folder(), "events");
    const groups = ["migration", "system"].map((group) =>
      join(repoRoot, "trace-events", group, "trace-events"),
    );
    const texts = [join(older, "trace-events"), ...groups].map((file) =>
      readFileSync(file, "utf8"),
    );
    writeFileSync(events, texts.join(""));
    const named = await runCli(["analyze", dir, ...own, "--destination-events", events]);
    expect(named.err).not.toContain(told);
    expect(named.out).toMatch(/destination: 100 %/);
    copyFileSync(events, join(dir, "destination.trace-events-all"));
    expect((await runCli(["analyze", dir, ...own])).out).toBe(named.out);
  });

  test("files named one by one give the same", async () => {
    const named = await runCli([
      "analyze",
      ...["--stream", join(recording, "stream.bin")],
      ...["--source", join(recording, "source.simpletrace")],
      ...["--destination", join(recording, "destination.simpletrace")],
      ...["--same-clock", ...own],
    ]);
    const folder = mkdtempSync(join(tmpdir(), "qtrace-"));
    for (const file of ["stream.bin", "source.simpletrace", "destination.simpletrace"])
      copyFileSync(join(recording, file), join(folder, file));
    expect(named.out).toBe((await runCli(["analyze", folder, "--same-clock", ...own])).out);
  });

  test("--format json is JSON", async () => {
    const { out } = await runCli(["analyze", recording, ...own, "--format", "json"]);
    expect(JSON.parse(out)).toMatchObject({ machine: "microvm", streamSize: 208636 });
  });

  test("--output writes a file", async () => {
    const file = join(folder(), "account.txt");
    const { out } = await runCli(["analyze", recording, ...own, "--output", file]);
    expect(out).toBe("");
    expect(readFileSync(file, "utf8")).toContain("SWITCHOVER_START");
  });

  test("--max-downtime makes a longer one exit 1, and says it", async () => {
    const { code, err } = await runCli(["analyze", recording, ...own, "--max-downtime", "1"]);
    expect({ code, err }).toEqual({
      code: 1,
      err: "qtrace: the downtime of 1.774 ms exceeds 1 ms\n",
    });
  });

  test("--max-downtime lets a shorter one pass", async () => {
    const { code } = await runCli(["analyze", recording, ...own, "--max-downtime", "200"]);
    expect(code).toBe(0);
  });

  test("--max-downtime wants a number", async () => {
    expect((await runCli(["analyze", recording, "--max-downtime", "soon"])).code).toBe(2);
  });

  test("of a broken stream the whole items stand, with one line and exit 1", async () => {
    const dir = folder();
    const stream = readFileSync(join(recording, "stream.bin"));
    writeFileSync(join(dir, "stream.bin"), stream.subarray(0, 176_700));
    copyFileSync(join(recording, "source.simpletrace"), join(dir, "source.simpletrace"));
    const { code, out, err } = await runCli(["analyze", dir, ...own]);
    expect(code).toBe(1);
    expect(err).toMatch(/^qtrace: .*stream\.bin: cut short: .*\n$/);
    expect(out).toContain("in 4 items");
  });

  test("a folder with nothing of a migration in it is told", async () => {
    const { code, err } = await runCli(["analyze", folder()]);
    expect(code).toBe(2);
    expect(err).toContain("no stream.bin or channel0.bin, and no trace of either side in it");
  });

  test("a file in the place of a folder is told how it is given", async () => {
    const file = join(folder(), "channel0.bin");
    writeFileSync(file, "");
    const { code, err } = await runCli(["analyze", file]);
    expect(code).toBe(2);
    expect(err).toContain("is no folder; a file is given by --stream, --source or --destination");
  });

  test("two traces without a stream give what they tell", async () => {
    const { code, out } = await runCli([
      "analyze",
      ...["--source", join(recording, "source.simpletrace")],
      ...["--destination", join(recording, "destination.simpletrace")],
      ...own,
    ]);
    expect(code).toBe(0);
    expect(out).toContain("not given; 21 items by what the traces tell");
  });

  testWith(["shared"], "logs give the account that simpletrace files do", async () => {
    const dir = (file: string) => sharedPath("recordings", "q35-precopy", file);
    const events = ["--events", sharedPath("corpus", "qemu-10.2.2", "trace-events-all")];
    const account = async (kind: string) => {
      const traces = [
        "--source",
        dir(`source.${kind}`),
        "--destination",
        dir(`destination.${kind}`),
      ];
      const command = ["analyze", "--stream", dir("channel0.bin"), ...traces, ...events];
      return JSON.parse((await runCli([...command, "--format", "json"])).out);
    };
    const [binary, log] = [await account("simpletrace"), await account("log")];
    expect(log.source).toEqual(binary.source);
    expect(log.destination).toEqual(binary.destination);
    expect(Number(log.downtime.guest)).toBeCloseTo(Number(binary.downtime.guest), -5);
    expect(log.rounds.map((round: { pages: number }) => round.pages)).toEqual(
      binary.rounds.map((round: { pages: number }) => round.pages),
    );
  });

  testWith(
    ["shared"],
    "a recording of another architecture, with logs of the older form",
    async () => {
      const { code, out } = await runCli([
        "analyze",
        sharedPath("recordings", "virt-aarch64-file"),
        ...["--events", sharedPath("corpus", "qemu-10.0.2", "trace-events-all")],
      ]);
      expect(code).toBe(0);
      const shares = [...out.matchAll(/(\d+) of the (\d+) items that QEMU traces there/g)];
      expect(shares.map(([, paired, expected]) => paired === expected)).toEqual([true, true]);
    },
  );

  test("without any input it says what it wants", async () => {
    expect(await runCli(["analyze"])).toMatchObject({
      code: 2,
      err: "qtrace: give a recording's folder, --stream FILE, or --source and --destination\n",
    });
  });

  testWith(["shared"], "traces of vmstate_downtime_* only are enough", async () => {
    const log = (side: string) =>
      sharedPath("cases", "analysis", `downtime-events-only.${side}.log`);
    const { code, out, err } = await runCli([
      "analyze",
      ...["--source", log("source"), "--destination", log("destination"), ...own],
      ...["--same-clock", "--max-downtime", "20", "--max-device", "ram=1"],
    ]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("13.603  0.537  dst-precopy-loadvm-completed");
    expect(out).toMatch(
      /Devices, the slowest first\nsave ms {2}load ms {2}device\n *0\.424 *1\.392 {2}0000:00:01\.0\/virtio-blk\n/,
    );
    expect(out).not.toMatch(/problem|stream and|Items/);
  });
});
