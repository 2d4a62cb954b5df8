import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { identifyRecording } from "../../../src/cli/fleet/read-recording.js";
import { qemuVersion } from "../../../src/fleet/about-recording.js";
import { runCli } from "../cli.js";
import { repoRoot } from "../repo-root.js";
import type { AccountJson, Analyzed } from "./add-up.js";

/** The JSON of all recordings in a folder, by `qtrace analyze`, and what their files say themselves. */
export async function analyzeAll(folder: string): Promise<Analyzed[]> {
  const all: Analyzed[] = [];
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const events = join(repoRoot, "trace-events");
    const { out } = await runCli(["analyze", path, "--events", events, "--format", "json"]);
    const about = JSON.parse(readFileSync(join(path, "recording.json"), "utf8"));
    const { place } = await identifyRecording(path, {
      host: undefined,
      date: undefined,
      salvage: false,
      keepAll: false,
      keepEvent: undefined,
    });
    all.push({
      recording: place.recording,
      name,
      host: about.host,
      date: about.time.slice(0, 10),
      version: qemuVersion(about.qemu),
      status: lastState(readFileSync(join(path, "source.log"), "utf8")),
      // What is unknown is null there, and left out here.
      json: JSON.parse(out, (_, value) => value ?? undefined) as AccountJson,
    });
  }
  return all;
}

/** The last state that a log tells. */
function lastState(log: string): string {
  return [...log.matchAll(/migrate_set_state new state (\S+)/g)].at(-1)?.[1] ?? "";
}
