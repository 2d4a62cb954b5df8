/** With few files that may be open, commands work or say so in one line. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "tsup";
import { afterAll, beforeAll, expect, test } from "vitest";
import config from "../../tsup.config.js";
import { generateMigrations } from "../support/fleet/generate-migration.js";
import { testWith } from "../support/programs.js";
import { repoRoot } from "../support/repo-root.js";
import { streamOfBlocks } from "../support/stream-of-blocks.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-few-files-"));
const recordings = join(work, "recordings");
const dataSet = join(work, "set");
const events = ["--events", join(repoRoot, "trace-events")];
// Within the repository, where packages are found that are not bundled.
const dist = join(repoRoot, ".cache", "few-files");

beforeAll(async () => {
  const [, commandLine] = config;
  await build({ ...commandLine, config: false, outDir: dist, silent: true });
  await generateMigrations(recordings, 200);
}, 300_000);
afterAll(() => rmSync(work, { recursive: true }));

function run(...args: readonly string[]) {
  const command = [
    "-c",
    'ulimit -n 64 && exec "$@"',
    "sh",
    process.execPath,
    join(dist, "cli.js"),
    ...args,
  ];
  const { status, stdout, stderr } = spawnSync("sh", command, {
    encoding: "utf8",
    cwd: work,
    maxBuffer: 1 << 28,
  });
  return { code: status, out: stdout, err: stderr };
}

const recording = (number: number) => join(recordings, `migration-${number}`);

test.each<[string, readonly string[], number]>([
  ["analyze", ["analyze", recording(1), ...events], 0],
  // The second one's stream is cut.
  ["analyze --compare", ["analyze", "--compare", recording(1), recording(2), ...events], 1],
  [
    "decode --per-event",
    [
      ...["decode", join(recording(1), "source.simpletrace"), ...events],
      ...["--per-event", "--format", "csv", "--output", join(work, "tables")],
    ],
    0,
  ],
])("%s works", (_, args, expected) => {
  const { code, err } = run(...args);
  expect(err).not.toContain("open files");
  expect(code).toBe(expected);
});

test("decode works with one log after another", () => {
  for (let number = 1; number <= 5; number += 1) {
    const { code, out, err } = run("decode", join(recording(number), "source.log"), ...events);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("savevm_state_setup");
  }
});

testWith(["duckdb"], "export and report work with 200 recordings", () => {
  const { code, out } = run("export", recordings, ...events, "--output", dataSet, "--jobs", "1");
  expect([code, out]).toEqual([0, "recordings: 200 exported, 0 there already, 0 left out\n"]);
  expect(run("report", dataSet, "--output", join(work, "report.html")).code).toBe(0);
});

test.each([
  ["export", ["export", recordings, ...events, "--output", join(work, "threads"), "--jobs", "16"]],
  ["decode", ["decode", join(recording(1), "source.simpletrace"), ...events, "--jobs", "16"]],
])("%s by too many threads says so in one line", (_, args) => {
  const { code, err } = run(...args);
  expect([code, err]).toEqual([
    2,
    expect.stringMatching(/^qtrace: (\S+: )?too many open files; raise the limit \(ulimit -n\)\n$/),
  ]);
});

test("lint works with 200 files", () => {
  const tree = join(work, "tree");
  for (let number = 0; number < 200; number += 1) {
    mkdirSync(join(tree, `${number}`), { recursive: true });
    writeFileSync(
      join(tree, `${number}`, "trace-events"),
      `# a.c\nevent_${number}(int a) "a %d"\n`,
    );
  }
  const { err } = run("lint", tree);
  expect(err).toMatch(/^200 files: /m);
});

test("stream ram works with 200 blocks", () => {
  const names = Array.from({ length: 200 }, (_, number) => `block${number}`);
  const [stream, images] = [join(work, "stream.bin"), join(work, "images")];
  writeFileSync(stream, streamOfBlocks(names));
  const { code, err } = run("stream", "ram", stream, "--output", images);
  expect([code, err]).toEqual([0, ""]);
  expect(readdirSync(images)).toHaveLength(201);
});
