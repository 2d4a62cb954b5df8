/**
 * No migration whose inputs belong together is said to be of several. CI takes 40 generated ones;
 * QTRACE_GENERATED says how many. The recordings are in never-wrong.test.ts, whose first clock is
 * the right one, and in every-recording.test.ts.
 */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { generateMigrations } from "../support/fleet/generate-migration.js";
import { fixture } from "../support/recordings.js";
import { repoRoot } from "../support/repo-root.js";

const COUNT = Number(process.env.QTRACE_GENERATED ?? 40);
const work = mkdtempSync(join(tmpdir(), "qtrace-alarms-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

async function problemsOf(args: readonly string[]): Promise<readonly string[]> {
  const events = ["--events", join(repoRoot, "trace-events")];
  const { out } = await runCli(["analyze", ...args, ...events, "--format", "json"]);
  return (JSON.parse(out) as { problems: readonly string[] }).problems;
}

const FOREIGN = /not of one|contradict|before it stopped/;

test(`none of ${COUNT} generated migrations is said to be of several`, async () => {
  const plans = await generateMigrations(work, COUNT);
  const alarms: string[] = [];
  for (const { seed, course } of plans) {
    const problems = await problemsOf([join(work, `migration-${seed}`)]);
    const foreign = problems.filter((problem) => FOREIGN.test(problem));
    alarms.push(...foreign.map((problem) => `${seed} (${course}): ${problem}`));
  }
  expect(plans).toHaveLength(COUNT);
  expect(alarms).toEqual([]);
}, 300_000);

test.each([
  "microvm-file",
  "other-versions/qemu-5.2",
  "other-versions/qemu-11.1",
  "postcopy-faults",
  "postcopy-resumed",
  "small-set-precopy",
  "small-set-postcopy",
])("%s is of one migration", async (name) => {
  const file = (...names: string[]) =>
    names.map((part) => fixture(...name.split("/"), part)).find(existsSync);
  const given = {
    stream: file("stream.bin", "stream.bin.gz", "channel0.bin.gz"),
    resumed: file("resumed.bin.gz"),
    source: file("source.simpletrace", "source.log", "source.log.gz"),
    destination: file("destination.simpletrace", "destination.log", "destination.log.gz"),
  };
  expect(given.source).toBeDefined();
  const args = Object.entries(given).flatMap(([option, path]) =>
    path ? [`--${option}`, path] : [],
  );
  const own = file("trace-events");
  const problems = await problemsOf([...args, ...(own ? ["--events", own] : [])]);
  expect(problems.filter((problem) => FOREIGN.test(problem))).toEqual([]);
});
