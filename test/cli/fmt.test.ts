import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "qtrace-fmt-"));
  file = join(folder, "trace-events");
});
afterEach(() => rm(folder, { recursive: true }));

describe("fmt", () => {
  test("lays a file out in place, and keeps its mode", async () => {
    await writeFile(file, "# a.c\ne( int a )\n");
    await chmod(file, 0o640);
    expect(await runCli(["fmt", file])).toEqual({ code: 0, out: "", err: "1 file, 1 changed\n" });
    expect(await readFile(file, "utf8")).toBe("# a.c\ne(int a)\n");
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect(await readdir(folder)).toEqual(["trace-events"]);
  });

  test("does not touch a file that is laid out", async () => {
    await writeFile(file, "e(int a)\n");
    const before = await stat(file);
    expect(await runCli(["fmt", folder])).toMatchObject({ code: 0, err: "1 file, 0 changed\n" });
    expect((await stat(file)).ino).toBe(before.ino);
  });

  test("writes through a link", async () => {
    const link = join(folder, "link");
    await writeFile(file, "e( void )\n");
    await symlink(file, link);
    await runCli(["fmt", link]);
    expect(await readFile(file, "utf8")).toBe("e(void)\n");
  });

  test("--check lists what would change, changes nothing, and exits 1", async () => {
    await writeFile(file, "e( void )\n");
    expect(await runCli(["fmt", "--check", file])).toEqual({
      code: 1,
      out: `${file}\n`,
      err: "1 file, 1 would change\n",
    });
    expect(await readFile(file, "utf8")).toBe("e( void )\n");
  });

  test("--check of what is laid out is fine", async () => {
    await writeFile(file, "e(void)\n");
    expect(await runCli(["fmt", "--check", file])).toMatchObject({ code: 0, out: "" });
  });

  test("'-' lays standard input out to standard output, changed or not", async () => {
    expect(await runCli(["fmt", "-"], "e( void )")).toMatchObject({ code: 0, out: "e(void)\n" });
    expect(await runCli(["fmt", "-"], "e(void)\n")).toMatchObject({ code: 0, out: "e(void)\n" });
  });

  test("a line that cannot be read is left, and told of", async () => {
    expect(await runCli(["fmt", "-"], "e(  int)\nf( void )\n")).toMatchObject({
      code: 0,
      out: "e(  int)\nf(void)\n",
      err: expect.stringContaining("one line left as it is"),
    });
  });

  test("a byte-order mark goes", async () => {
    expect((await runCli(["fmt", "-"], "\ufeffe(void)\n")).out).toBe("e(void)\n");
  });

  test("a file that is no UTF-8 is not touched, and exits 1", async () => {
    const bytes = Buffer.from("# caf\xe9\ne( void )\n", "latin1");
    await writeFile(file, bytes);
    const { code, err } = await runCli(["fmt", file]);
    expect(code).toBe(1);
    expect(err).toContain("trace-events:1:6: the byte 0xe9 is no UTF-8");
    expect(await readFile(file)).toEqual(bytes);
  });
});
