import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { watchInputs } from "../../src/cli/watch-inputs.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-watch-"));
afterAll(() => rmSync(work, { recursive: true }));

test("a change between two looks is not missed, nor one before the first", async () => {
  const file = join(work, "trace-events");
  writeFileSync(file, "a(void)\n");
  const changes = watchInputs([file]);
  writeFileSync(file, "b(void)\n");
  // By now it has happened, and nobody has asked yet.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await changes.next()).toEqual({ done: false, value: undefined });
  await changes.return(undefined);
});

test("what is not there cannot be watched", () => {
  expect(() => watchInputs([join(work, "nothing")])).toThrow("no such file");
});
