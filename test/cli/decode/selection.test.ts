import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../../support/cli.js";
import { madeTrace } from "./made-trace.js";

const { folder, trace } = madeTrace();

/** The names and times, in seconds, of what is printed. */
async function selected(...options: string[]): Promise<string[]> {
  const { code, out, err } = await runCli(["decode", trace, "--format", "jsonl", ...options]);
  if (code !== 0) throw new Error(err);
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .map(({ event, timestamp }) => `${event} ${Number(timestamp) / 1e9}`);
}

describe("--since and --until", () => {
  test("count from the first record, ends included", async () => {
    expect(await selected("--since", "500ms", "--until", "2s")).toEqual([
      "disk_open 10.5",
      "disk_read 11",
      "disk_read 12",
    ]);
  });

  test("take nanoseconds by the trace's own clock, as JSON has them", async () => {
    expect(await selected("--since", "13000000000")).toEqual(["disk_read 13", "disk_close 14"]);
    expect(await selected("--until", "9999999999")).toEqual([]);
  });

  test("go with the other options", async () => {
    expect(await selected("--since", "1s", "--event", "disk_read", "--pid", "2")).toEqual([
      "disk_read 13",
    ]);
  });

  test("--until before --since is refused", async () => {
    const options = ["--since", "2s", "--until", "1500ms"];
    const { code, err } = await runCli(["decode", trace, ...options]);
    expect(code).toBe(2);
    expect(err).toContain("--until 1500ms is before --since 2s\n");
  });

  test.each([
    ["yesterday", "yesterday is no time: give 1.5s"],
    ["2026-11-23T03:26:07Z", "this trace's clock does not count from 1970"],
  ])("%s is refused", async (time, message) => {
    const { code, out, err } = await runCli(["decode", trace, "--since", time]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
  });

  test("an ISO time is compared with a log's; other lines stay where they stand", async () => {
    const log = join(folder, "log");
    const line = (second: number, text: string) => `2026-11-23T03:26:0${second}.5Z ${text}\n`;
    writeFileSync(log, `${line(1, "disk_close 1")}hello\n${line(3, "disk_close 2")}there\n`);
    const { out } = await runCli(["decode", log, "--since", "2026-11-23T04:26:02+01:00"]);
    expect(out).toBe("disk_close 2\nthere\n");
    const { out: before } = await runCli(["decode", log, "--until", "2026-11-23T03:26:02Z"]);
    expect(before).toBe("disk_close 1\nhello\n");
  });

  test("a log without timestamps has no times", async () => {
    const log = join(folder, "plain");
    writeFileSync(log, "disk_close 1\n");
    const { code, err } = await runCli(["decode", log, "--since", "1s"]);
    expect(code).toBe(2);
    expect(err).toContain("qtrace: 1s: this trace has no timestamps\n");
  });
});

test("--pid keeps the records of these processes", async () => {
  expect(await selected("--pid", "2")).toEqual(["disk_open 10.5", "disk_read 13"]);
  expect(await selected("--pid", "2", "1")).toHaveLength(6);
  for (const pid of ["qemu", "", "-1", "1e3", "0x1", "1.5"]) {
    const { code, err } = await runCli(["decode", trace, `--pid=${pid}`]);
    expect(code).toBe(2);
    expect(err).toContain(`qtrace: ${pid} is no process id\n`);
  }
});

test("a pattern that no declared event matches is told", async () => {
  const { code, err } = await runCli(["decode", trace, "--event", "disc_*"]);
  expect(code).toBe(0);
  expect(err).toContain("qtrace: no event is declared that 'disc_*' matches\n");
});
