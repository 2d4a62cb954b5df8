import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { fixture } from "../support/recordings.js";

const stream = fixture("microvm-file", "stream.bin");

describe("stream items", () => {
  test("--json gives the items of the independent walk, one object a line", async () => {
    const { code, out } = await runCli(["stream", "items", stream, "--json"]);
    const ours = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const walk = readFileSync(fixture("microvm-file", "items.jsonl"), "utf8").trim().split("\n");
    const theirs = walk.map((line) => JSON.parse(line)).filter((item) => "type" in item);
    expect(code).toBe(0);
    expect(ours).toMatchObject(theirs.map(({ ram: _ram, ...item }) => item));
  });

  test("the table says how a section's end was found", async () => {
    const { out } = await runCli(["stream", "items", stream]);
    expect(out).toMatch(/^ *0x2e3f8 +1873 +cpu FULL +5 +described$/m);
    expect(out).toMatch(/^ *0xb4 +176509 +ram PART +1 +self +34 page, 4097 zero$/m);
  });

  test("a file that is no stream is told at its first byte", async () => {
    const { code, out, err } = await runCli(["stream", "items", fixture("README.md")]);
    expect(code).toBe(1);
    expect(out).not.toContain("0x");
    expect(err).toMatch(/README\.md: .* at byte 0x0\n$/);
  });
});
