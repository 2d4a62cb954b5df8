import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../../support/cli.js";
import { fixture } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";
import { sharedPath, testWith } from "../../support/tools.js";

const trace = fixture("microvm-file", "source.simpletrace");
const own = ["--events", join(repoRoot, "trace-events")];

describe("decode", () => {
  test("prints events as QEMU's log does", async () => {
    const { code, out } = await runCli(["decode", trace, ...own]);
    expect(code).toBe(0);
    expect(out).toContain("\nsavevm_section_start ram, section_id 1\n");
  });

  test("--event takes patterns", async () => {
    const { out } = await runCli(["decode", trace, ...own, "--event", "savevm_command_*"]);
    expect(out).toBe("savevm_command_send com=0xb len=0\n");
  });

  test("a pattern with - leaves events out", async () => {
    const { out } = await runCli(["decode", trace, ...own, "--event=-*"]);
    expect(out).toBe("");
  });

  test("--format jsonl gives an object a record", async () => {
    const options = ["--format", "jsonl", "--event", "migration_bitmap_sync_end"];
    const { out } = await runCli(["decode", trace, ...own, ...options]);
    const [first] = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      event: "migration_bitmap_sync_end",
      arguments: { dirty_pages: "0" },
    });
  });

  test("a trace that is cut short gives what is whole, one line, and exit 1", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "qtrace-")), "cut.simpletrace");
    const bytes = readFileSync(trace);
    writeFileSync(file, bytes.subarray(0, bytes.length - 5));
    const whole = await runCli(["decode", trace, ...own]);
    const { code, out, err } = await runCli(["decode", file, ...own]);
    expect(code).toBe(1);
    expect(out).toBe(whole.out.split("\n").slice(0, -2).join("\n").concat("\n"));
    expect(err).toMatch(/^qtrace: .*cut\.simpletrace: cut short: .* at byte 0x[0-9a-f]+\n$/);
  });

  test("a file that is no trace is told at its first byte", async () => {
    const { code, out, err } = await runCli(["decode", join(repoRoot, "package.json"), ...own]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("package.json: not a trace");
  });

  test("events that the declarations lack are counted, and shown raw", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "qtrace-")), "trace-events");
    writeFileSync(file, "savevm_state_header(void)\n");
    const { code, out, err } = await runCli(["decode", trace, "--events", file]);
    expect(code).toBe(0);
    expect(out).toContain("savevm_command_send [undeclared] 0b000000000000000000000000000000\n");
    expect(err).toContain("1 record of savevm_command_send, which is not declared");
  });

  testWith(["shared"], "--format simpletrace equals simpletrace.py byte for byte", async () => {
    const recording = (name: string) => sharedPath("recordings", "q35-precopy", name);
    const events = sharedPath("corpus", "qemu-10.2.2", "trace-events-all");
    const { out } = await runCli([
      "decode",
      recording("source.simpletrace"),
      "--events",
      events,
      "--format",
      "simpletrace",
    ]);
    expect(out === readFileSync(recording("source.simpletrace.txt"), "utf8")).toBe(true);
  });
});
