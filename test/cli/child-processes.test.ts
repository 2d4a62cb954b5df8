/** Programs that qtrace starts end with it, also those that hang. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildCli } from "../support/built-cli.js";
import { testWith } from "../support/programs.js";
import { fixture } from "../support/recordings.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-children-"));
const compressed = join(work, "stream.bin.xz");
const pidFile = join(work, "pid");
let cli: string;

beforeAll(async () => {
  cli = await buildCli("child-processes");
  // The magic number of xz; the rest is for the program, which is a script of the test.
  writeFileSync(compressed, Buffer.concat([Buffer.from("fd377a585a00", "hex"), Buffer.alloc(64)]));
}, 60_000);
afterAll(() => rmSync(work, { recursive: true }));

/** Starts a command line for which `xz` is a script that says its process id, and gives that. */
async function startWith(script: string, args: readonly string[], file = compressed) {
  const program = join(work, "xz");
  writeFileSync(
    program,
    `#!/bin/sh\necho $$ > "${pidFile}.new"\nmv "${pidFile}.new" "${pidFile}"\n${script}\n`,
  );
  chmodSync(program, 0o755);
  rmSync(pidFile, { force: true });
  const env = { ...process.env, PATH: `${work}:${process.env.PATH}` };
  const child = spawn(process.execPath, [cli, ...args, file], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  while (!existsSync(pidFile) && child.exitCode === null) await delay(10);
  return { child, ended, pid: Number(readFileSync(pidFile, "utf8")) };
}

/** Whether a process runs; one that nobody has waited for yet, a zombie, has ended. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

async function hasEnded(pid: number): Promise<boolean> {
  for (let tries = 0; runs(pid) && tries < 100; tries += 1) await delay(20);
  const ended = !runs(pid);
  if (!ended) process.kill(pid, "SIGKILL");
  return ended;
}

const hangs = "exec sleep 600";

describe.skipIf(process.platform !== "linux")("a decompressor that hangs", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "ends when %s ends qtrace",
    async (signal) => {
      for (const args of [["stream", "items"], ["decode"], ["analyze", "--stream"]]) {
        const { child, ended, pid } = await startWith(hangs, args);
        child.kill(signal);
        expect([await ended, await hasEnded(pid)]).toEqual([[null, signal], true]);
      }
    },
  );

  testWith(["xz"], "ends when the output is closed", async (tool) => {
    const real = join(work, "real.xz");
    writeFileSync(real, execFileSync(tool.xz, ["-c", fixture("microvm-file", "stream.bin")]));
    const script = `"${tool.xz}" -dc\n${hangs}`;
    const { child, ended, pid } = await startWith(script, ["stream", "items", "--json"], real);
    await once(child.stdout, "data");
    child.stdout.destroy();
    expect([await ended, await hasEnded(pid)]).toEqual([[0, null], true]);
  });

  test("is not waited for after an error", async () => {
    const script = `echo this is not a migration stream\n${hangs}`;
    const { child, ended, pid } = await startWith(script, ["stream", "items"]);
    let err = "";
    child.stderr.on("data", (text) => {
      err += text;
    });
    expect([await ended, await hasEnded(pid)]).toEqual([[2, null], true]);
    expect(err).toMatch(/^qtrace: .*: not a migration stream, .*\n$/);
  });
});
