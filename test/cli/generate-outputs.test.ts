import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { repoRoot } from "../support/repo-root.js";

let tree: string;
let out: string;
let nic: string;

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), "qtrace-"));
  out = join(tree, "generated");
  nic = join(tree, "hw", "net", "trace-events");
  mkdirSync(join(tree, "hw", "net"), { recursive: true });
  writeFileSync(join(tree, "trace-events"), 'top(void) ""\n');
  writeFileSync(nic, 'nic_reset(int unit) "unit %d"\n');
});

describe("what generate writes", () => {
  test("modules of inputs that are gone are removed, and nothing else", async () => {
    await runCli(["generate", tree, "--out", out]);
    writeFileSync(join(out, "mine.ts"), "export {};\n");
    const { code, err } = await runCli(["generate", nic, "--group", "hw_net", "--out", out]);
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["hw_net.ts", "mine.ts"]);
    expect(err).toContain("root.ts is of no input any more: removed\n");
  });

  test("--check finds modules of inputs that are gone", async () => {
    await runCli(["generate", tree, "--out", out]);
    const { code, err } = await runCli([
      ...["generate", nic, "--group", "hw_net", "--out", out, "--check"],
    ]);
    expect(code).toBe(1);
    expect(err).toContain("root.ts is of no input any more\n");
  });

  test("one wrong input of several leaves what is there as it is", async () => {
    await runCli(["generate", tree, "--out", out]);
    const before = readFileSync(join(out, "root.ts"), "utf8");
    writeFileSync(join(tree, "trace-events"), 'top(int floor) "%d"\n');
    writeFileSync(nic, "nic_reset(struct nic *nic)\n");
    expect(await runCli(["generate", tree, "--out", out])).toMatchObject({ code: 1 });
    expect(readFileSync(join(out, "root.ts"), "utf8")).toBe(before);
  });

  test("a place that cannot be written leaves all others as they were", async () => {
    mkdirSync(join(out, "root.ts"), { recursive: true });
    const { code, err } = await runCli(["generate", tree, "--out", out]);
    expect(code).toBe(2);
    expect(err).toContain("root.ts");
    expect(readdirSync(out)).toEqual(["root.ts"]);
  });

  test("a place that cannot be written leaves no folders behind", async () => {
    const file = join(tree, "events", "json");
    mkdirSync(file, { recursive: true });
    const deep = join(tree, "deep", "er");
    const { code, err } = await runCli(["generate", tree, "--out", deep, "--manifest", file]);
    expect({ code, err }).toEqual({ code: 2, err: `qtrace: ${file}: is a folder\n` });
    expect(existsSync(join(tree, "deep"))).toBe(false);
  });

  test("a folder that cannot be made is told, and does not end in a hang", async () => {
    const { code, err } = await runCli(["generate", tree, "--out", "/proc/no/such"]);
    expect(code).toBe(2);
    expect(err).toContain("/proc/no/such/");
  });

  test("is the same bytes wherever the command is run, and by whatever path", async () => {
    const [here, there] = [join(tree, "here"), join(tree, "there")];
    await runCli(["generate", tree, "--out", here]);
    const roundabout = relative(process.cwd(), tree);
    await runCli(["generate", roundabout, "--out", relative(process.cwd(), there)]);
    const text = readFileSync(join(here, "hw_net.ts"), "utf8");
    expect(readFileSync(join(there, "hw_net.ts"), "utf8")).toBe(text);
    expect(text).toContain(" from ../hw/net/trace-events: do not edit");
    expect(text).toContain(" * ../hw/net/trace-events:1\n");
  });

  test("is not of other people's packages, nor of hidden folders", async () => {
    for (const folder of ["node_modules/qtrace", ".cache"]) {
      mkdirSync(join(tree, folder), { recursive: true });
      writeFileSync(join(tree, folder, "trace-events"), 'theirs(void) ""\n');
    }
    await runCli(["generate", tree, "--out", out]);
    expect(readdirSync(out).sort()).toEqual(["hw_net.ts", "root.ts"]);
  });

  test("an event with two arguments of one name is a mistake, as it is in C", async () => {
    writeFileSync(nic, 'nic_reset(int unit, int unit) "%d %d"\n');
    const { code, err } = await runCli(["generate", nic, "--out", out]);
    expect(code).toBe(1);
    expect(err).toContain(`${nic}:1:25: error: another argument is already called 'unit'`);
  });

  test.each([
    ["--runtime", "", "--runtime: what the modules import from has a name"],
    ["--manifest", "OUT/root.ts", "--manifest OUT/root.ts: that is a module's own file"],
  ])("%s '%s' is refused", async (option, value, message) => {
    const place = (text: string) => text.replace("OUT", out);
    const { code, err } = await runCli(["generate", tree, "--out", out, option, place(value)]);
    expect({ code, err }).toEqual({ code: 2, err: `qtrace: ${place(message)}\n` });
    expect(existsSync(out)).toBe(false);
  });

  test("a file that a person wrote is not written over", async () => {
    mkdirSync(out);
    const mine = join(out, "root.ts");
    writeFileSync(mine, "export {};\n");
    const { code, err } = await runCli(["generate", tree, "--out", out]);
    expect(code).toBe(2);
    expect(err).toBe(`qtrace: ${mine} is not of qtrace's making: move it, or generate elsewhere\n`);
    expect(readdirSync(out)).toEqual(["root.ts"]);
    expect(readFileSync(mine, "utf8")).toBe("export {};\n");
  });

  test("a module that is fresh is not touched", async () => {
    await runCli(["generate", tree, "--out", out]);
    const { ino } = statSync(join(out, "root.ts"));
    await runCli(["generate", tree, "--out", out]);
    expect(statSync(join(out, "root.ts")).ino).toBe(ino);
  });

  test("an event of the same name in two groups is in both modules", async () => {
    writeFileSync(nic, 'top(int unit) "unit %d"\n');
    expect(await runCli(["generate", tree, "--out", out])).toMatchObject({ code: 0 });
    expect(readFileSync(join(out, "root.ts"), "utf8")).toContain("trace_top()");
    expect(readFileSync(join(out, "hw_net.ts"), "utf8")).toContain("trace_top(unit: number)");
  });

  test("twice in one group is a mistake, and says where both are", async () => {
    writeFileSync(nic, 'top(int unit) "unit %d"\n');
    const { code, err } = await runCli(["generate", tree, "--out", out, "--group", "all"]);
    expect(code).toBe(1);
    expect(err).toContain("'top' is in group 'all' already, by ");
    expect(existsSync(out)).toBe(false);
  });

  test("a group is no way out of the folder", async () => {
    const { code, err } = await runCli(["generate", nic, "--out", out, "--group", "../elsewhere"]);
    expect(code).toBe(2);
    expect(err).toBe(
      "qtrace: --group '../elsewhere': a group is named by letters, digits and '_'\n",
    );
  });
});

describe("--manifest", () => {
  test("tells the events in their order, with kinds and places", async () => {
    const file = join(tree, "events.json");
    writeFileSync(nic, 'disable nic_name(const char *name, uint8_t unit, void *nic) "%s%u %p"\n');
    await runCli(["generate", tree, "--out", out, "--manifest", file]);
    const { events, ...head } = JSON.parse(readFileSync(file, "utf8"));
    const { version } = JSON.parse(readFileSync(join(repoRoot, "package.json"), "utf8"));
    expect(head).toEqual({ manifest: 1, generator: `qtrace ${version}` });
    expect(events).toEqual([
      {
        id: 0,
        group: "hw_net",
        name: "nic_name",
        disabled: true,
        arguments: [
          { name: "name", type: "const char *", kind: "string", wire: "string" },
          { name: "unit", type: "uint8_t", kind: "u8", wire: "u64" },
          { name: "nic", type: "void *", kind: "pointer", wire: "u64" },
        ],
        declaration: 'disable nic_name(const char *name, uint8_t unit, void *nic) "%s%u %p"',
        file: "hw/net/trace-events",
        line: 1,
      },
      expect.objectContaining({ id: 1, group: "root", name: "top", arguments: [] }),
    ]);
  });

  test("--check finds it stale", async () => {
    const file = join(tree, "events.json");
    await runCli(["generate", tree, "--out", out, "--manifest", file]);
    writeFileSync(file, "{}");
    const { code, err } = await runCli([
      ...["generate", tree, "--out", out, "--manifest", file, "--check"],
    ]);
    expect(code).toBe(1);
    expect(err).toBe(`${file} is stale\n`);
  });
});

describe("--watch", () => {
  test("generates anew when an input changes, and lives through a mistake in it", async () => {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "src/cli/bin.ts", "generate", tree, "--out", out, "--watch"],
      { cwd: repoRoot, stdio: ["ignore", "ignore", "pipe"] },
    );
    let told = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      told += text;
    });
    const until = async (text: string) => {
      await expect.poll(() => told, { timeout: 30_000 }).toContain(text);
      told = "";
    };
    try {
      await until("hw_net.ts, root.ts");
      writeFileSync(nic, "nic_reset(int\n");
      await until("nothing is generated of files with errors");
      writeFileSync(nic, 'nic_stop(int unit) "unit %d"\n');
      await until("hw_net.ts, root.ts");
      expect(readFileSync(join(out, "hw_net.ts"), "utf8")).toContain("trace_nic_stop");
    } finally {
      child.kill();
    }
  });

  test("does not go with --check", async () => {
    const { code } = await runCli(["generate", tree, "--out", out, "--watch", "--check"]);
    expect(code).toBe(2);
  });
});
