/**
 * QEMU 11's mapped-ram with x-ignore-shared: the guest's memory is a shared file, so its block has
 * neither bitmap nor pages in the stream. Figures are those of query-migrate and of the source's log.
 */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { describeWith, sharedPath } from "../support/tools.js";

const folder = mkdtempSync(join(tmpdir(), "qtrace-ignored-"));
afterAll(() => rmSync(folder, { recursive: true }));

describeWith(["shared"], "a block that x-ignore-shared keeps out of a mapped-ram file", () => {
  const recording = sharedPath("recordings-11", "mapped-shared");
  const stream = join(recording, "stream.bin");
  const { ram } = JSON.parse(readFileSync(join(recording, "query-migrate.json"), "utf8"));

  test("items and state name it", async () => {
    const { code, out, err } = await runCli(["stream", "items", stream, "--json"]);
    expect([code, err]).toEqual([0, ""]);
    const items = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(items.at(-1)).toMatchObject({ type: 6 });
    const start = items.find(({ type, idstr }) => type === 1 && idstr === "ram");
    expect(start.ignored).toEqual(["m0"]);
    expect(start.blocks[0]).toEqual(["m0", 32 << 20]);
    expect(start.ram.mapped).toBe(ram.normal);
    expect((await runCli(["stream", "items", stream])).out).toContain(" m0 (ignored) /rom@etc");
    const state = await runCli(["stream", "state", stream, "--device", "ram"]);
    expect(state.out).toContain("m0: 0x0000000002000000 bytes, ignored: not in the stream\n");
    const json = await runCli(["stream", "state", stream, "--device", "ram", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({ ignored: ["m0"] });
  });

  test("ram writes no image of it, and says so", async () => {
    const images = join(folder, "images");
    const args = ["stream", "ram", stream, "--output", images, "--stats"];
    const { code, out, err } = await runCli(args);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^m0: no image; its memory \(32\.0 MiB\) is not in the stream$/m);
    expect(existsSync(join(images, "m0.img"))).toBe(false);
    const { images: listed, absent, total } = JSON.parse((await runCli([...args, "--json"])).out);
    expect(absent).toEqual([{ block: "m0", length: 32 << 20 }]);
    expect(readdirSync(images)).toHaveLength(listed.length + 1);
    // Pages that are not in the file are zeros.
    const bytes = listed.reduce((sum: number, { length }: { length: number }) => sum + length, 0);
    expect([total.page, bytes / 4096]).toEqual([ram.normal, ram.normal + ram.duplicate]);
  });

  test("check finds nothing, and edit writes the same bytes", async () => {
    expect(await runCli(["stream", "check", stream])).toMatchObject({ code: 0, out: "" });
    const edited = join(folder, "edited.bin");
    await runCli(["stream", "edit", stream, "--output", edited]);
    expect(readFileSync(edited).equals(readFileSync(stream))).toBe(true);
  });

  test("analyze matches all 36 items that the source traced", async () => {
    const events = sharedPath("corpus", "qemu-11.1.3", "trace-events-all");
    const args = ["analyze", recording, "--events", events, "--format", "json"];
    const { streamSize, source, problems } = JSON.parse((await runCli(args)).out);
    expect(streamSize).toBe(statSync(stream).size);
    expect(source).toMatchObject({ paired: 36, expected: 36 });
    expect(problems).toEqual([]);
  });
});
