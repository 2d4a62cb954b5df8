import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { generate } from "../../src/codegen/generate.js";
import { buildModel } from "../../src/model/build-model.js";
import { eventTable } from "../support/recordings.js";
import { repoRoot } from "../support/repo-root.js";

const runtime = "../src/runtime/index.js";

function moduleOf(text: string): string {
  const events = buildModel(parse(text, "trace-events"), { group: "root" });
  return generate(events, { runtime }).get("root.ts")!;
}

describe("generate", () => {
  test("generated/ is fresh", () => {
    const modules = generate(eventTable(join(repoRoot, "trace-events")).events, { runtime });
    expect([...modules.keys()].sort()).toEqual(readdirSync(join(repoRoot, "generated")).sort());
    for (const [name, text] of modules) {
      const committed = readFileSync(join(repoRoot, "generated", name), "utf8");
      const places = (code: string) => code.replace(/( \* |from )\S*trace-events\S*/g, "$1FILE");
      expect(places(text)).toBe(places(committed));
    }
  });

  test("the same events give the same text", () => {
    const text = 'a(int b, const char *c) "%d %s"\n';
    expect(moduleOf(text)).toBe(moduleOf(text));
  });

  test("a tracer has QEMU's name, typed parameters, and its declaration above it", () => {
    const code = moduleOf(
      'nic_reset(const char *id, uint64_t at, bool hard) "%s at %" PRIu64 " %d"\n',
    );
    expect(code).toContain(
      "export function trace_nic_reset(id: string | null, at: bigint | number, hard: boolean): void",
    );
    expect(code).toContain(
      ' * `nic_reset(const char *id, uint64_t at, bool hard) "%s at %" PRIu64 " %d"`',
    );
  });

  test("a reserved word as an argument's name gets a tail", () => {
    expect(moduleOf('q(int new, int class) "%d %d"\n')).toContain("(new_: number, class_: number)");
  });

  test("a disabled event has a tracer that does nothing", () => {
    const code = moduleOf('disable q(int a) "%d"\n');
    expect(code).toContain("export function trace_q(_a: number): void {\n  // Disabled.\n}");
    expect(code).not.toContain("defineEvent");
  });

  test("the end of a comment inside a format does not end the comment above the tracer", () => {
    expect(moduleOf('q(int a) "*/ %d"\n')).toContain('`q(int a) "*\\/ %d"`');
  });
});
