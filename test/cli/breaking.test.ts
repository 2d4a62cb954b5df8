import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "qtrace-breaking-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes `VERSION/net/trace-events`, and gives the version's folder. */
async function version(name: string, text: string): Promise<string> {
  await mkdir(join(folder, name, "net"), { recursive: true });
  await writeFile(join(folder, name, "net", "trace-events"), text);
  return join(folder, name);
}

describe("breaking", () => {
  test("a changed layout is told, and exits 1", async () => {
    const before = await version("old", "e(int a)\n");
    const after = await version("new", "e(int a, int b)\n");
    expect(await runCli(["breaking", "--against", before, after])).toEqual({
      code: 1,
      out:
        "wire: e (net) its record has other fields [layout-changed]\n" +
        `  - e(int a)\n      ${before}/net/trace-events:1\n` +
        `  + e(int a, int b)\n      ${after}/net/trace-events:1\n`,
      err: "1 wire, 0 source, 0 text; 0 new\n",
    });
  });

  test("what is no worse than the level exits 0, and is counted", async () => {
    const before = await version("old", "e(int a)\nf(int a)\n");
    const after = await version("new", "e(int a)\n");
    const args = ["breaking", "--against", before, after];
    expect(await runCli(args)).toEqual({
      code: 0,
      out: "",
      err: "0 wire, 1 source, 0 text; 0 new\n",
    });
    expect(await runCli([...args, "--level", "source"])).toMatchObject({ code: 1 });
  });

  test("two files are compared by name, whatever their folders are called", async () => {
    const before = await version("old", "e(int a)\n");
    await writeFile(join(folder, "trace-events-all"), "e(int a)\n");
    expect(
      await runCli([
        "breaking",
        "--against",
        join(before, "net", "trace-events"),
        join(folder, "trace-events-all"),
        "--level",
        "text",
      ]),
    ).toMatchObject({ code: 0, out: "" });
  });

  test("--format json has every change", async () => {
    const before = await version("old", "e(int a)\n");
    const { code, out } = await runCli(
      ["breaking", "--against", join(before, "net", "trace-events"), "-", "--format", "json"],
      'e(int a) "%d"\nf(void)\n',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      level: "wire",
      breaking: false,
      counts: { wire: 0, source: 0, text: 1, added: 1 },
      changes: [{ kind: "format-changed" }, { kind: "added" }],
    });
  });

  test("a version that is not there is wrong usage", async () => {
    const args = ["breaking", "--against", join(folder, "none"), "-"];
    expect(await runCli(args)).toMatchObject({ code: 2, out: "" });
  });
});
