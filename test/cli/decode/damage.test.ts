import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { runCli } from "../../support/cli.js";
import { sharedPath, testWith } from "../../support/tools.js";
import { madeRecords, madeTrace } from "./made-trace.js";

const { folder, trace } = madeTrace();
const DROPPED = 2n ** 64n - 2n;

/** Decodes a file of these bytes; stderr without the line on where the events are from. */
async function decode(bytes: Uint8Array | string, ...options: string[]) {
  const file = join(folder, "damaged");
  writeFileSync(file, bytes);
  const { err, ...rest } = await runCli(["decode", file, ...options]);
  const lines = err.replaceAll(`${folder}/`, "").split("\n").slice(1, -1);
  return { ...rest, err: lines.map((line) => line.replace("qtrace: damaged: ", "")) };
}

describe("damage is counted by name, and told at the end", () => {
  test.each<[string, Uint8Array, string]>([
    ["a whole trace: none", madeRecords().take(), ""],
    [
      "dropped events",
      madeRecords().record(DROPPED, 15e9, 1, 12).take(),
      "12 events dropped by QEMU",
    ],
    [
      "a timestamp that steps back",
      madeRecords().record(9, 1e9, 1, 1).take(),
      "1 timestamp that steps back",
    ],
    [
      "an id without a name",
      madeRecords().record(99, 15e9, 1, 1).take(),
      "1 record of event 99, which the trace does not name",
    ],
    [
      "an event without declaration",
      madeRecords().mapping(99, "disk_burn").record(99, 15e9, 1, 1).take(),
      "1 record of disk_burn, which is not declared",
    ],
    [
      "other arguments than declared",
      madeRecords().record(9, 15e9, 1, 1, 2).record(9, 15e9, 1, 1, 2).take(),
      "2 records of disk_close with other arguments than declared (the record has 16 bytes, declared (int8_t fd) takes 8)",
    ],
    [
      "zeros",
      madeRecords().bytes(new Uint8Array(4096)).record(9, 15e9, 1, 1).take(),
      "4096 zero bytes between records",
    ],
    [
      "garbage",
      madeRecords().bytes(new Uint8Array(1000).fill(0x5a)).record(9, 15e9, 1, 1).take(),
      "1000 bytes of garbage between records",
    ],
  ])("%s", async (_, bytes, told) => {
    const { code, out, err } = await decode(bytes);
    expect(code).toBe(0);
    expect(err[0] ?? "").toBe(told);
    expect(out).toContain("disk_close -3\n");
    const strict = await decode(bytes, "--strict");
    expect(strict).toMatchObject({ code: told === "" ? 0 : 1, out, err });
  });

  test("a cut end fails in any case, behind what is whole", async () => {
    const { code, out, err } = await decode(madeRecords().take().subarray(0, -1));
    expect(code).toBe(1);
    expect(out.split("\n").at(-2)).toBe("disk_read 0, 0 bytes to (nil)");
    expect(err).toEqual(["cut short: the last record is not whole at byte 0x188"]);
  });

  test("of a hundred kinds the most frequent are told, and how many there are", async () => {
    const maker = madeRecords();
    for (let id = 0; id < 100; id++)
      maker.mapping(100 + id, `other_${id}`).record(100 + id, 15e9, 1);
    const { err } = await decode(maker.take());
    expect(err).toHaveLength(22);
    expect(err[20]).toBe("80 of 80 more kinds");
  });

  test("what may help is said: the declarations are of another version", async () => {
    const { err } = await decode(madeRecords().record(9, 15e9, 1).take());
    expect(err.at(-1)).toBe(
      "qtrace: trace-events may be of another version than the QEMU that wrote the trace: give that one's trace-events-all by --events",
    );
  });
});

describe("a log", () => {
  test("with other lines between is read, and no damage", async () => {
    const log = "disk_close 1\nqemu: warning: x\ndisk_close 2\n";
    const { code, out, err } = await decode(log, "--strict");
    expect({ code, out, err }).toEqual({ code: 0, out: log, err: ["1 line of other origin"] });
  });

  test("with Windows' ends of lines is read like any", async () => {
    const { code, out, err } = await decode(
      "disk_close 1\r\nhello\r\ndisk_open a as 2, read-only 0\r\n",
    );
    expect({ code, out, err }).toEqual({
      code: 0,
      out: "disk_close 1\nhello\ndisk_open a as 2, read-only 0\n",
      err: ["1 line of other origin"],
    });
  });

  test("with zeros in the output of a guest is still a log", async () => {
    const { code, out } = await decode("disk_close 1\nboot \0\0\0 ok\n");
    expect({ code, out }).toEqual({ code: 0, out: "disk_close 1\nboot \0\0\0 ok\n" });
  });
});

describe("what is no trace is told in a line", () => {
  test.each<[string, Uint8Array | string, string]>([
    ["an empty file", "", "not a trace: it is empty"],
    ["zeros", new Uint8Array(1 << 20), "not a trace: nothing but zeros"],
    [
      "a migration stream",
      "QEVM\0\0\0\x03",
      "not a trace: this is a migration stream: see qtrace stream items",
    ],
    ["a picture", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a trace: this is a picture"],
    [
      "a simpletrace of the future",
      Buffer.concat([readFileSync(trace).subarray(0, 16), Buffer.from([99, 0, 0, 0, 0, 0, 0, 0])]),
      "simpletrace version 99; known are 0, 2, 3, 4",
    ],
    [
      "a text",
      "hello\nworld\n",
      "not a trace: neither a simpletrace file nor a log with known events",
    ],
  ])("%s", async (_, bytes, told) => {
    const content = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
    expect(await decode(content)).toEqual({ code: 2, out: "", err: [told] });
  });

  test("gzip that is cut in its middle gives what could be unpacked", async () => {
    const packed = gzipSync(readFileSync(trace));
    const { code, err } = await decode(packed.subarray(0, -20));
    expect(code).toBe(1);
    expect(err).toEqual([expect.stringMatching(/^gzip: cut short at byte 0x[0-9a-f]+$/)]);
  });

  test("a folder, and no file", async () => {
    const { code, err } = await runCli(["decode", folder]);
    expect({ code, err: err.split("\n").at(-2) }).toEqual({
      code: 2,
      err: `qtrace: ${folder}: is a folder`,
    });
    expect((await runCli(["decode", join(folder, "none")])).err).toContain(
      "no such file or folder\n",
    );
  });
});

testWith(
  ["shared"],
  "a trace beside the declarations of another QEMU is never guessed at",
  async () => {
    const recording = sharedPath("recordings", "q35-precopy", "source.simpletrace");
    const events = sharedPath("corpus", "qemu-10.0.2", "trace-events-all");
    const { code, err } = await runCli(["decode", recording, "--events", events, "--strict"]);
    expect(code).toBe(1);
    expect(err).toContain("2 records of ram_save_complete, which is not declared\n");
  },
);
