import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { fixture } from "../support/recordings.js";
import { repoRoot } from "../support/repo-root.js";
import { describeWith, sharedPath, testWith } from "../support/tools.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-"));
afterAll(() => rmSync(work, { recursive: true }));

const own = ["--events", join(repoRoot, "trace-events")];
const stream = fixture("microvm-file", "stream.bin");
const source = fixture("microvm-file", "source.simpletrace");
const destination = fixture("microvm-file", "destination.simpletrace");

function made(name: string, bytes: Uint8Array | string): string {
  const file = join(work, name);
  writeFileSync(file, bytes);
  return file;
}

async function analyze(...args: string[]) {
  return runCli(["analyze", ...args, ...own]);
}

describe("analyze of files that are not what they are given for", () => {
  test("source and destination swapped", async () => {
    const { code, out, err } = await analyze("--source", destination, "--destination", source);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe(
      `qtrace: ${destination} is the trace of a destination, and was given as that of a source\n`,
    );
  });

  test("one trace for both sides", async () => {
    const { code, err } = await analyze("--source", source, "--destination", source);
    expect(code).toBe(2);
    expect(err).toContain(`${source} is the trace of a source, and was given as that of a dest`);
  });

  test("a stream for a trace", async () => {
    const { code, err } = await analyze("--source", stream);
    expect(code).toBe(2);
    expect(err).toMatch(/^qtrace: .*stream\.bin: not a trace: this is a migration stream: .*\n$/);
  });

  test("a trace for a stream", async () => {
    const { code, err } = await analyze("--stream", source);
    expect(code).toBe(2);
    expect(err).toMatch(/^qtrace: .*source\.simpletrace: [^\n]*not a migration stream[^\n]*\n$/);
  });

  test("a folder of recordings", async () => {
    const { code, out, err } = await analyze(fixture());
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/ no trace of either side in it; a recording is .*microvm-file\n$/);
  });

  test.each([
    ["empty", made("empty.bin", ""), "empty, not a migration stream"],
    ["garbage", made("garbage.bin", "some text"), "not a migration stream, nor a file"],
    ["cut in its header", made("cut.bin", "QEVM\0"), "cut short"],
  ])("a stream that is %s, without a trace", async (_, file, reason) => {
    const { code, out, err } = await analyze("--stream", file);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(`qtrace: ${file}: ${reason}`);
  });

  test("a stream that is not there", async () => {
    const missing = join(work, "missing.bin");
    const { code, err } = await analyze("--stream", missing, "--source", source);
    expect([code, err]).toEqual([2, `qtrace: ${missing}: no such file or folder\n`]);
  });

  test("times of a wire that are none", async () => {
    const wire = fixture("microvm-file", "items.jsonl");
    const { code, err } = await analyze("--stream", stream, "--source", source, "--wire", wire);
    expect(code).toBe(2);
    expect(err).toMatch(/^qtrace: .*items\.jsonl: no line of it is OFFSET NANOSECONDS\n$/);
  });
});

describe("analyze of a stream that cannot be read", () => {
  test.each([
    ["empty", made("empty.bin", ""), "empty, not a migration stream"],
    ["garbage", made("garbage.bin", "some text"), "not a migration stream, nor a file"],
    ["cut in its header", made("cut.bin", "QEVM\0"), "cut short"],
    ["of libvirt, and broken", made("libvirt.bin", `LibvirtQemudSave${"x".repeat(80)}`), ""],
  ])("%s: the traces' analysis, and the reason first", async (_, file, reason) => {
    const traces = ["--source", source, "--destination", destination];
    const { code, out, err } = await analyze("--stream", file, ...traces, "--format", "json");
    expect(code).toBe(1);
    expect(err.startsWith(`qtrace: ${file}: ${reason}`)).toBe(true);
    expect(err.trim().split("\n")).toHaveLength(1);
    const { problems, ...analysis } = JSON.parse(out);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain("the stream cannot be read");
    expect(problems[0]).toContain(reason);
    const { problems: none, ...alone } = JSON.parse(
      (await analyze(...traces, "--format", "json")).out,
    );
    expect([none, analysis]).toEqual([[], alone]);
  });

  // Figures of the two logs: vm_state_notify at .190141 and .766240; the source's checkpoints
  // src-downtime-start at .190111 and src-downtime-end at .611145.
  describeWith(["shared"], "TLS", () => {
    const recording = sharedPath("recordings-11", "tls");
    const events = ["--events", sharedPath("corpus", "qemu-11.1.3", "trace-events-all")];

    test("analyze", async () => {
      const args = ["analyze", recording, ...events];
      const { code, out, err } = await runCli([...args, "--same-clock", "--format", "json"]);
      expect(code).toBe(1);
      const file = join(recording, "channel0.bin");
      expect(err).toMatch(/^qtrace: [^\n]*: the channel is encrypted [^\n]*TLS[^\n]*\n$/);
      expect(err.startsWith(`qtrace: ${file}: `)).toBe(true);
      const { downtime, items, outcome, problems, source, destination } = JSON.parse(out);
      expect(problems).toEqual([expect.stringMatching(/the traces alone: .*encrypted.*TLS/)]);
      expect(outcome.state).toBe("completed");
      expect(downtime.guest).toBe("576099000");
      const of = (name: string) =>
        BigInt(downtime.checkpoints.find((point: { name: string }) => point.name === name).at);
      expect(of("src-downtime-end") - of("src-downtime-start")).toBe(421_034_000n);
      const labels: string[] = items.map(({ label }: { label: string }) => label);
      const sections = labels.filter((label) => / (START|PART|END|FULL)$/.test(label));
      const log = readFileSync(join(recording, "destination.log"), "utf8");
      const loaded = log.match(/ qemu_loadvm_state_section_(startfull|partend) /g);
      expect(sections).toHaveLength(loaded!.length);
      expect(labels).toContain("SWITCHOVER_START");
      expect([source.strays, destination.strays]).toEqual([[], []]);
      const text = await runCli(args);
      expect(text.out.replace(/\s+/g, " ")).toMatch(/^problem the stream cannot be read,.* TLS /);
    });

    test.each([
      ["items"],
      ["state"],
      ["check"],
      ["vmdesc"],
      ["ram", "--stats"],
      ["edit", "--output", join(work, "edited")],
      ["multifd"],
    ])("stream %s", async (command, ...options) => {
      const file = join(recording, "channel0.bin");
      const { code, err } = await runCli(["stream", command, file, ...options]);
      expect(code).toBe(command === "multifd" ? 1 : 2);
      expect(err).toMatch(
        /^qtrace: [^\n]*channel0\.bin: the channel is encrypted [^\n]*TLS[^\n]*\n$/,
      );
    });

    test("stream return-path", async () => {
      const { code, err } = await runCli([
        "stream",
        "return-path",
        join(recording, "channel0.return.bin"),
      ]);
      expect(code).toBe(1);
      expect(err).toMatch(/return\.bin: the channel is encrypted [^\n]*TLS[^\n]*\n$/);
    });
  });
});

describe("analyze of files that do not belong together", () => {
  test("an empty trace leaves the other side standing", async () => {
    const empty = made("empty.simpletrace", "");
    const { code, out, err } = await analyze("--stream", stream, "--source", empty);
    expect(code).toBe(1);
    expect(err).toMatch(/^qtrace: .*empty\.simpletrace: not a trace: it is empty at byte 0x0\n$/);
    expect(out).toMatch(/^problem +the source's trace has no event of a migration/);
  });

  test("a trace that was cut tells where, and gives what it has", async () => {
    const cut = made("cut.simpletrace", readFileSync(source).subarray(0, -10));
    const { code, out, err } = await analyze("--stream", stream, "--source", cut);
    expect(code).toBe(1);
    expect(err).toMatch(/^qtrace: .*cut\.simpletrace: cut short: .* at byte 0x[0-9a-f]+\n$/);
    expect(out).toContain("in 22 items");
  });

  testWith(["shared"], "the stream of another machine", async () => {
    const other = sharedPath("recordings", "q35-precopy", "channel0.bin");
    const { code, out } = await analyze("--stream", other, "--source", source);
    expect(code).toBe(1);
    expect(out.replace(/\s+/g, " ")).toMatch(
      /^problem the source's trace and the stream are not of/,
    );
  });

  testWith(["shared"], "the stream of another migration of the same machine", async () => {
    const dir = (name: string, file: string) => sharedPath("recordings", name, file);
    const { code, out } = await analyze(
      ...["--stream", dir("q35-multifd", "channel0.bin")],
      ...["--source", dir("q35-precopy", "source.simpletrace")],
    );
    expect(code).toBe(1);
    expect(out.replace(/\s+/g, " ")).toMatch(
      /^problem the source's trace and the stream are not of one migration: 7 sections/,
    );
  });

  testWith(["shared"], "traces of two runs", async () => {
    const dir = (name: string, file: string) => sharedPath("recordings", name, file);
    const { code, out } = await analyze(
      ...["--source", dir("q35-precopy", "source.simpletrace")],
      ...["--destination", dir("q35-multifd", "destination.simpletrace")],
    );
    expect(code).toBe(1);
    expect(out.replace(/\s+/g, " ")).toMatch(
      /^problem the source's trace and the destination's are not .* the clocks contradict each other around 1505/,
    );
  });

  testWith(
    ["shared"],
    "a report that goes to a file leaves the problem on the terminal",
    async () => {
      const dir = (name: string, file: string) => sharedPath("recordings", name, file);
      const { err } = await analyze(
        ...["--source", dir("q35-precopy", "source.simpletrace")],
        ...["--destination", dir("q35-multifd", "destination.simpletrace")],
        ...["--format", "json", "--output", join(work, "account.json")],
      );
      expect(err).toMatch(/qtrace: the clocks contradict each other .*\n$/);
    },
  );

  testWith(
    ["shared"],
    "traces of a newer QEMU than the declarations at hand are read by our own",
    async () => {
      const folder = mkdtempSync(join(work, "newer-"));
      const events = sharedPath("corpus", "qemu-10.0.2", "trace-events-all");
      copyFileSync(events, join(folder, "trace-events-all"));
      for (const side of ["source", "destination"]) {
        const file = `${side}.simpletrace`;
        copyFileSync(sharedPath("recordings", "q35-precopy", file), join(folder, file));
      }
      const { code, err } = await runCli(["analyze", folder]);
      expect(code).toBe(0);
      expect(err).toBe(
        `qtrace: events as declared in qtrace's own, which fit better, and ${join(folder, "trace-events-all")}\n`,
      );
    },
  );
});
