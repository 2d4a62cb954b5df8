import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openOutput, writeOutput } from "../../../src/cli/outputs/output-file.js";
import { buildCli } from "../../support/built-cli.js";
import { runCli } from "../../support/cli.js";
import { testWith } from "../../support/programs.js";
import { fixture } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-output-"));
afterAll(() => rmSync(work, { recursive: true }));
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(work, "case-"));
});

describe("an output", () => {
  test("is beside, and only the user's, until it is complete", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "old");
    const output = await openOutput(file, { guestData: true });
    await output.write("new");
    await output.finish();
    expect(readFileSync(file, "utf8")).toBe("old");
    const temporary = readdirSync(folder).find((name) => name !== "file")!;
    expect(temporary).toMatch(/^\.qtrace-[0-9a-f]{16}\.tmp$/);
    expect(statSync(join(folder, temporary)).mode & 0o777).toBe(0o600);
    await output.commit();
    expect([readdirSync(folder), readFileSync(file, "utf8")]).toEqual([["file"], "new"]);
  });

  test("keeps the mode of an old file", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "old");
    chmodSync(file, 0o664);
    await writeOutput(file, "new");
    expect(statSync(file).mode & 0o7777).toBe(0o664);
  });

  test("that is given up leaves what was there", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "old");
    const output = await openOutput(file);
    await output.write("new");
    await output.discard();
    expect([readdirSync(folder), readFileSync(file, "utf8")]).toEqual([["file"], "old"]);
  });

  test.each([
    ["absolute", () => join(folder, "file")],
    ["relative", () => "file"],
  ])("through an %s link replaces what the link leads to", async (_, to) => {
    const [file, link] = [join(folder, "file"), join(folder, "link")];
    symlinkSync(to(), link);
    for (const contents of ["first", "second"]) {
      await writeOutput(link, contents);
      expect(lstatSync(file).isFile()).toBe(true);
      expect([readlinkSync(link), readFileSync(file, "utf8")]).toEqual([to(), contents]);
    }
    expect(readdirSync(folder).sort()).toEqual(["file", "link"]);
  });

  test("is not where links lead in a circle", async () => {
    const [a, b] = [join(folder, "a"), join(folder, "b")];
    symlinkSync(a, b);
    symlinkSync(b, a);
    await expect(writeOutput(a, "")).rejects.toThrow(`${a}: too many links`);
  });

  testWith(["mount"], "is not where another user's link leads in a shared folder", async () => {
    // As where `mount` is allowed, this is run by root, who can make links of other users.
    const [victim, link] = [join(work, "victim"), join(folder, "link")];
    writeFileSync(victim, "mine");
    symlinkSync(victim, link);
    lchownSync(link, 12_345, 12_345);
    chmodSync(folder, 0o1777);
    await expect(writeOutput(link, "")).rejects.toThrow(`${link}: another user's link`);
    expect(readFileSync(victim, "utf8")).toBe("mine");
    chmodSync(folder, 0o755);
    await writeOutput(link, "new");
    expect(readFileSync(victim, "utf8")).toBe("new");
  });

  test("through the parent of a folder that is a link", async () => {
    const deep = join(folder, "deep", "er");
    execFileSync("mkdir", ["-p", deep]);
    symlinkSync(deep, join(folder, "link"));
    await writeOutput(`${folder}/link/../file`, "new");
    expect(readFileSync(join(folder, "deep", "file"), "utf8")).toBe("new");
  });
});

describe("what is not a regular file is written as it is:", () => {
  test("a FIFO", async () => {
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    const reader = spawn("cat", [fifo]);
    let read = "";
    reader.stdout.on("data", (data) => {
      read += data;
    });
    const { code, err } = await runCli([
      ...["analyze", fixture("microvm-file"), "--events", join(repoRoot, "trace-events")],
      ...["--format", "json", "--output", fifo],
    ]);
    await once(reader, "close");
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(read)).toHaveProperty("items");
    expect(statSync(fifo).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(["fifo"]);
  });

  test("/dev/null", async () => {
    const args = ["stream", "edit", fixture("microvm-file", "stream.bin"), "--output", "/dev/null"];
    expect(await runCli(args)).toEqual({ code: 0, out: "", err: "" });
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test("a file that a descriptor has open, from where it is", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const { ino } = statSync(file);
    const handle = openSync(file, "a");
    try {
      appendFileSync(handle, "before\n");
      await writeOutput(`/dev/fd/${handle}`, "output\n");
      appendFileSync(handle, "after\n");
    } finally {
      closeSync(handle);
    }
    expect(readFileSync(file, "utf8")).toBe("before\noutput\nafter\n");
    expect([statSync(file).ino, readdirSync(folder)]).toEqual([ino, ["file"]]);
  });
});

describe("a process", () => {
  let cli = "";
  beforeAll(async () => {
    cli = await buildCli("outputs");
  });
  const trace = fixture("microvm-file", "source.simpletrace");
  const events = join(repoRoot, "trace-events");

  test.each(["> file", ">> file", "| cat > file"])("writes to /dev/stdout %s", (to) => {
    const decode = `"${process.execPath}" "${cli}" decode "${trace}" --events "${events}"`;
    const sh = (script: string) =>
      execFileSync("sh", ["-c", script], { cwd: folder, stdio: "pipe" });
    const expected = sh(decode).toString();
    sh(`echo one > file; { echo two; ${decode} --output /dev/stdout; echo three; } ${to}`);
    const first = to.startsWith(">>") ? "one\n" : "";
    expect(readFileSync(join(folder, "file"), "utf8")).toBe(`${first}two\n${expected}three\n`);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "that %s ends leaves no temporary files",
    async (signal) => {
      const [output, images] = [join(folder, "output"), join(folder, "images")];
      const stream = fixture("microvm-file", "stream.bin");
      for (const [input, where, args] of [
        [trace, folder, ["decode", "-", "--events", events, "--output", output]],
        [stream, images, ["stream", "ram", "-", "--output", images]],
      ] as const) {
        const child = spawn(process.execPath, [cli, ...args], {
          stdio: ["pipe", "ignore", "ignore"],
        });
        // Then it waits for more.
        child.stdin.write(readFileSync(input).subarray(0, -1));
        const names = () => (existsSync(where) ? readdirSync(where) : []);
        const isOpen = () => names().some((name) => name.startsWith(".qtrace-"));
        await expect.poll(isOpen, { timeout: 20_000 }).toBe(true);
        child.kill(signal);
        expect(await once(child, "close")).toEqual([null, signal]);
        expect(names()).toEqual([]);
      }
    },
  );
});
