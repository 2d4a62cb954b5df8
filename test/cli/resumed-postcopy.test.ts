import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { fixture } from "../support/recordings.js";
import { repoRoot } from "../support/repo-root.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-resumed-"));
afterAll(() => rmSync(work, { recursive: true }));

const unpacked = (name: string): string => {
  const file = join(work, name);
  writeFileSync(file, gunzipSync(readFileSync(fixture("postcopy-resumed", `${name}.gz`))));
  return file;
};
const stream = unpacked("stream.bin");
const resumed = unpacked("resumed.bin");
const traces = [
  ...["--source", unpacked("source.log"), "--destination", unpacked("destination.log")],
  ...["--events", join(repoRoot, "trace-events")],
];

describe("the connection by which a paused postcopy went on", () => {
  test("has no header; its items begin with the question for what had come of each block", async () => {
    const { code, out } = await runCli(["stream", "items", resumed, "--json"]);
    const items = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(items.flatMap(({ name }) => name ?? [])).toEqual([
      ...Array(5).fill("RECV_BITMAP"),
      "POSTCOPY_RESUME",
    ]);
    expect(items.map(({ offset }) => offset)[0]).toBe(0);
    expect(items.at(-1)).toMatchObject({ type: 0, offset: readFileSync(resumed).length - 1 });
  });

  test("is written anew byte for byte", async () => {
    const output = join(work, "edited.bin");
    expect(await runCli(["stream", "edit", resumed, "--output", output])).toMatchObject({
      code: 0,
    });
    expect(readFileSync(output).equals(readFileSync(resumed))).toBe(true);
  });

  test("gives the rest of the memory, of which every page says which it is", async () => {
    const images = join(work, "images");
    const command = ["stream", "ram", stream, "--resumed", resumed, "--output", images];
    expect(await runCli(command)).toMatchObject({ code: 0, err: "" });
    const memory = readFileSync(join(images, "microvm.ram.img"));
    for (let page = 0; page < 1024; page += 1) {
      const text = memory.subarray(0x200000 + page * 4096).subarray(0, 9);
      expect(text.toString("latin1")).toBe(`page ${page}`.padEnd(9, "\0"));
    }
  });

  test("without it, memory is not whole, and the exit code says so", async () => {
    const { code, err } = await runCli(["stream", "ram", stream, "--stats"]);
    expect([code, err]).toEqual([1, expect.stringMatching(/stream\.bin: cut short: [^\n]+\n$/)]);
  });

  test("alone it is no memory: one line, exit code 2", async () => {
    const { code, err } = await runCli(["stream", "ram", resumed, "--stats"]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^qtrace: [^\n]*: the connection by which a paused postcopy went on[^\n]*\n$/,
    );
  });

  test("is joined with the traces: every item has its time on both sides", async () => {
    const command = ["analyze", "--stream", stream, "--resumed", resumed, ...traces];
    const { code, out } = await runCli([...command, "--format", "json"]);
    const account = JSON.parse(out);
    expect(code).toBe(0);
    for (const side of ["source", "destination"] as const) {
      expect(account[side].paired).toBe(account[side].expected);
    }
    // What the source wrote before it noticed, and the destination read in part.
    expect(account.source.strays).toHaveLength(2);
    expect(account.destination.strays).toHaveLength(1);
    expect(account.clocks.verdict).toBe("one");
    expect(account.advice.at(-1)).toMatch(
      /^postcopy stood still for \d\.\d{3} s, as its connection/,
    );
    const first = account.items.find(({ label }: { label: string }) => label === "RECV_BITMAP");
    expect(first.offset).toBe(readFileSync(stream).length);
  });

  test("is joined behind what a compressed file holds", async () => {
    const packed = fixture("postcopy-resumed", "stream.bin.gz");
    const command = ["analyze", "--stream", packed, "--resumed", resumed, "--format", "json"];
    const { items } = JSON.parse((await runCli(command)).out);
    const offsets: number[] = items.map(({ offset }: { offset: number }) => offset);
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    expect(new Set(offsets).size).toBe(offsets.length);
  });

  test("cut anywhere, it gives the items so far and one line", async () => {
    const bytes = readFileSync(resumed);
    const cut = join(work, "cut.bin");
    for (const length of [3, 4, 11, 12, 13, 100, 150, 1000, 50_000, bytes.length - 1]) {
      writeFileSync(cut, bytes.subarray(0, length));
      const { code, err } = await runCli(["stream", "items", cut]);
      expect([length, code, err]).toEqual([
        length,
        1,
        expect.stringMatching(/^[^\n]*cut short[^\n]*\n$/),
      ]);
    }
  });
});
