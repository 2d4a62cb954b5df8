import { spawnSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { buildCli } from "../../support/built-cli.js";
import { runCli } from "../../support/cli.js";
import { describeWith } from "../../support/programs.js";
import { fixture } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";
import { ownStream } from "../engine/own-stream.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-inputs-"));
afterAll(() => rmSync(work, { recursive: true }));

const cli = await buildCli("inputs-test");

const events = ["--events", join(repoRoot, "trace-events")];
let folder = "";
let rec = "";
let stream = "";
let declared = "";
beforeEach(() => {
  folder = mkdtempSync(join(work, "case-"));
  rec = join(folder, "rec");
  cpSync(fixture("microvm-file"), rec, { recursive: true });
  writeFileSync(join(rec, "source.log"), "kept");
  stream = join(rec, "stream.bin");
  declared = join(folder, "trace-events");
  writeFileSync(declared, 'one(void) ""\n');
});

/** All files of the case, with their contents. */
function contents(): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [relative(folder, file), readFileSync(file, "base64")];
    }),
  );
}

/** Runs a command that is to change nothing. */
async function refused(args: readonly string[], message: string | RegExp): Promise<void> {
  const before = contents();
  const { code, out, err } = await runCli(args);
  expect([code, out, err]).toEqual([2, "", expect.stringMatching(message)]);
  expect(contents()).toEqual(before);
}

describe("standard output that is an input is refused", () => {
  test.each<[string, () => string[]]>([
    ["a trace", () => ["decode", declared, ...events]],
    ["a trace as a table", () => ["decode", declared, ...events, "--format", "csv"]],
    ["a file of a recording", () => ["analyze", rec]],
    ["a stream", () => ["stream", "items", stream]],
  ])("%s", async (_, args) => {
    const file = args().includes(declared) ? declared : args().includes(rec) ? rec : stream;
    const input = file === rec ? join(rec, "source.log") : file;
    const link = join(folder, "link");
    linkSync(input, link);
    const before = contents();
    const stdout = openSync(link, "a");
    const { status, stderr } = spawnSync(process.execPath, [cli, ...args()], {
      stdio: ["ignore", stdout, "pipe"],
      encoding: "utf8",
      timeout: 60_000,
    });
    closeSync(stdout);
    const reason = `standard output is the same file as the input ${input}; choose another output`;
    expect([status, stderr]).toEqual([2, `qtrace: ${reason}\n`]);
    expect(contents()).toEqual(before);
  });

  test("but not a file beside the inputs", () => {
    const stdout = openSync(join(rec, "report.txt"), "w");
    const { status } = spawnSync(process.execPath, [cli, "stream", "items", stream], {
      stdio: ["ignore", stdout, "pipe"],
      timeout: 60_000,
    });
    closeSync(stdout);
    expect(status).toBe(0);
    expect(readFileSync(join(rec, "report.txt"), "utf8")).toContain("CONFIGURATION");
  });
});

const OVERWRITTEN =
  /^qtrace: .*: is .*input.*, which would be overwritten; choose another output\n$/;

describe("an output that is an input is refused, and the input is as it was", () => {
  test.each<[string, () => string[]]>([
    ["stream ram --heat", () => ["stream", "ram", stream, "--heat", stream]],
    [
      "stream ram --heat, a channel",
      () => [...["stream", "ram", stream, "--channel", declared, "--heat", declared]],
    ],
    ["stream edit --output", () => ["stream", "edit", stream, "--output", stream]],
    ["analyze --output, a trace", () => ["analyze", rec, "--output", join(rec, "source.log")]],
    ["analyze --junit, the stream", () => ["analyze", rec, "--junit", stream]],
    [
      "analyze --output, recording.json",
      () => [...["analyze", rec, "--output", join(rec, "recording.json"), "--format", "json"]],
    ],
    ["analyze --compare", () => ["analyze", "--compare", rec, rec, "--output", stream]],
    [
      "analyze --source",
      () => [
        ...["analyze", "--source", join(rec, "source.log"), "--output", join(rec, "source.log")],
      ],
    ],
    [
      "generate --manifest",
      () => [...["generate", declared, "--out", join(folder, "out"), "--manifest", declared]],
    ],
    [
      "generate --manifest, a file in a folder",
      () => [...["generate", folder, "--out", join(folder, "out"), "--manifest", declared]],
    ],
    [
      "lint --update-baseline",
      () => [...["lint", declared, "--baseline", declared, "--update-baseline"]],
    ],
    ["decode --output", () => ["decode", stream, "--output", stream]],
    [
      "decode --output, the declarations beside the trace",
      () => [...["decode", join(folder, "trace"), "--output", declared]],
    ],
    ["report --output", () => ["report", folder, "--output", join(folder, "dataset.json")]],
  ])("%s", async (_, args) => {
    writeFileSync(join(folder, "trace"), "");
    writeFileSync(join(folder, "dataset.json"), "{}");
    await refused(args(), OVERWRITTEN);
  });

  test.each<[string, (file: string) => string]>([
    [
      "a symbolic link",
      (file) => {
        symlinkSync(file, join(folder, "link"));
        return join(folder, "link");
      },
    ],
    [
      "a link to a link",
      (file) => {
        symlinkSync(basename(file), join(dirname(file), "first"));
        symlinkSync(join(dirname(file), "first"), join(folder, "second"));
        return join(folder, "second");
      },
    ],
    [
      "a hard link",
      (file) => {
        linkSync(file, join(folder, "hard"));
        return join(folder, "hard");
      },
    ],
    [
      "another spelling",
      (file) => `${relative(process.cwd(), dirname(file))}//./${basename(file)}`,
    ],
    [
      "a folder that is a link",
      (file) => {
        symlinkSync(dirname(file), join(folder, "folder"));
        return join(folder, "folder", basename(file));
      },
    ],
  ])("by %s", async (_, named) => {
    const output = named(stream);
    const message = `--output ${output}: is the same file as the input ${stream}`;
    await refused(["stream", "edit", stream, "--output", output], message);
    await refused(["analyze", rec, "--output", output], OVERWRITTEN);
    await refused(["analyze", rec, "--junit", output], OVERWRITTEN);
    await refused(["stream", "ram", stream, "--heat", output], OVERWRITTEN);
  });

  test("by a descriptor", async () => {
    const handle = openSync(stream, "r+");
    try {
      await refused(["stream", "edit", stream, "--output", `/dev/fd/${handle}`], OVERWRITTEN);
      await refused(["stream", "edit", `/dev/fd/${handle}`, "--output", stream], OVERWRITTEN);
    } finally {
      closeSync(handle);
    }
  });

  test("stream ram: an image", async () => {
    const image = join(folder, "microvm.ram.img");
    cpSync(stream, image);
    await refused(
      ["stream", "ram", image, "--output", folder],
      `^qtrace: ${image}: is an input, which would be overwritten; choose another output\n$`,
    );
  });

  test("decode --per-event: a table", async () => {
    const trace = join(folder, "savevm_state_setup.csv");
    cpSync(join(rec, "source.simpletrace"), trace);
    const args = ["decode", trace, ...events, "--per-event", "--format", "csv", "--output", folder];
    await refused(args, OVERWRITTEN);
  });

  test("receive --force: a trace of the recording that is to be replaced", async () => {
    const { stream: own } = await ownStream({ memory: 1 << 20 });
    const output = join(folder, "received");
    await runCli(["receive", "--listen", "-", "--output", output], own);
    for (const name of ["destination.log", "channel0.bin"]) {
      const trace = join(output, name);
      const args = ["--listen", "-", "--output", output, "--force", "--source-trace", trace];
      await refused(["receive", ...args], OVERWRITTEN);
    }
  });
});

describe("what is not refused", () => {
  test("a report of an earlier run beside the recording", async () => {
    const report = join(rec, "report.json");
    for (let run = 0; run < 2; run += 1) {
      const { err } = await runCli(["analyze", rec, ...events, "--output", report]);
      expect(err).toBe("");
    }
    expect(JSON.parse(readFileSync(report, "utf8"))).toHaveProperty("items");
  });

  test("fmt and lint --fix write their inputs: that is what they are for", async () => {
    writeFileSync(declared, 'one(int a)    "%d"\n');
    expect((await runCli(["fmt", declared])).code).toBe(0);
    expect(readFileSync(declared, "utf8")).toBe('one(int a) "%d"\n');
    writeFileSync(declared, 'one(int a) "a%d "\n');
    const fix = ["lint", "--fix", "--set", "strict", declared];
    await runCli(fix);
    expect(readFileSync(declared, "utf8")).not.toContain('%d "');
  });

  test("a baseline that is read", async () => {
    const baseline = join(folder, "baseline.json");
    for (const more of [["--update-baseline"], ["--update-baseline"], []]) {
      const args = ["lint", declared, "--baseline", baseline, ...more];
      expect((await runCli(args)).code).toBe(0);
    }
  });

  test("/dev/null as input and output", async () => {
    const args = ["analyze", rec, ...events, "--output", "/dev/null", "--junit", "/dev/null"];
    expect((await runCli(args)).err).toBe("");
  });
});

test("two outputs are not one file", async () => {
  const [report, link] = [join(folder, "report.json"), join(folder, "link")];
  symlinkSync("report.json", link);
  const args = ["analyze", rec, "--output", report, "--junit", link];
  await refused(args, `^qtrace: --output and --junit name the same file, ${link}\n$`);
});

describeWith(["duckdb"], "report", () => {
  test("does not overwrite a table of its data set", async () => {
    const dataSet = join(folder, "set");
    await runCli(["export", rec, ...events, "--output", dataSet]);
    const entries = readdirSync(dataSet, { recursive: true, withFileTypes: true });
    const { parentPath, name } = entries.find((entry) => entry.name.endsWith(".parquet"))!;
    await refused(["report", dataSet, "--output", join(parentPath, name)], OVERWRITTEN);
    mkdirSync(join(folder, "elsewhere"));
    linkSync(join(parentPath, name), join(dataSet, "report.html"));
    await refused(["report", dataSet], /set\/report\.html: is the same file as the input .*\n$/);
  });
});
