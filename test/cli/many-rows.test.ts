import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../support/cli.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-rows-"));
afterAll(() => rmSync(work, { recursive: true }));

/** More than the arguments that V8 accepts in one call; a million would take half a minute per command. */
const MANY = 150_000;

/** A stream of that many PING commands, numbered from 0. */
function pings(name: string, count: number): string {
  const bytes = Buffer.alloc(8 + count * 9 + 1);
  bytes.write("QEVM\0\0\0\x03", "latin1");
  for (let at = 8, number = 0; number < count; number++, at += 9) {
    bytes[at] = 8;
    bytes.writeUInt16BE(2, at + 1);
    bytes.writeUInt16BE(4, at + 3);
    bytes.writeUInt32BE(number, at + 5);
  }
  const file = join(work, name);
  writeFileSync(file, bytes);
  return file;
}

test("stream items has a row for each item", { timeout: 120_000 }, async () => {
  const { code, out, err } = await runCli(["stream", "items", pings("many.bin", MANY)]);
  expect([code, err]).toEqual([0, ""]);
  const lines = out.split("\n");
  expect(lines).toHaveLength(1 + MANY + 1 + 1);
  expect(lines.at(-3)).toMatch(/^0x149\S+ +9 {2}PING 0x249ef$/);
});

test("analyze lists as many items as there are", { timeout: 120_000 }, async () => {
  const { code, out, err } = await runCli(["analyze", "--stream", pings("many.bin", MANY)]);
  expect([code, err]).toEqual([0, ""]);
  expect(out.split("\n").filter((line) => line.includes("PING 0x"))).toHaveLength(MANY);
});

test("decode --stats has a row for each event", { timeout: 120_000 }, async () => {
  const names = Array.from({ length: MANY }, (_, number) => `event_${number}`);
  const events = join(work, "trace-events");
  writeFileSync(events, names.map((name) => `${name}(int x) "x=%d"\n`).join(""));
  const log = join(work, "many.log");
  writeFileSync(log, names.map((name) => `1@1700000000.000000:${name} x=1\n`).join(""));
  const { code, out, err } = await runCli(["decode", log, "--events", events, "--stats"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out.split("\n")).toHaveLength(1 + MANY + 1 + 1);
});
