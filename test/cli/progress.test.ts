import { expect, test } from "vitest";
import type { Io } from "../../src/cli/io.js";
import { Progress } from "../../src/cli/progress.js";

const MIB = 1024 * 1024;

/** The lines of progress while a part of an input is read. */
function shown(total: number | undefined, terminal: boolean, ...done: number[]): string {
  let text = "";
  const status = (line: string) => {
    text += `[${line}]`;
  };
  const io: Io = {
    out: async () => {},
    err: () => {},
    stdin: async function* () {},
    colors: false,
    ...(terminal && { status }),
  };
  const progress = new Progress(io, total);
  for (const bytes of done) progress.update(bytes);
  progress.clear();
  return text;
}

test("a bar by bytes, drawn anew when a percent more is read, and taken away", () => {
  const half = `${"█".repeat(15)}${"░".repeat(15)} 50 %`;
  expect(shown(100 * MIB, true, 50 * MIB, 50 * MIB + 1)).toBe(`[${half}][]`);
});

test.each([
  ["where stderr is no terminal", 100 * MIB, false],
  ["for a small file", MIB, true],
  ["for a pipe", undefined, true],
])("none %s", (_, total, terminal) => {
  expect(shown(total, terminal, MIB)).toBe("");
});
