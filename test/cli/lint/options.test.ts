/** `qtrace lint` on small trees that each test makes. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../../support/cli.js";

let top: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "qtrace-lint-"));
});

afterEach(() => rmSync(top, { recursive: true }));

const at = (path: string) => join(top, path);

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  }
}

const read = (path: string) => readFileSync(at(path), "utf8");

/** The codes of findings, and the exit code. */
async function codes(...args: string[]): Promise<readonly [exit: number, ...codes: string[]]> {
  const { code, out, err } = await runCli(["lint", "--format", "json", ...args]);
  if (code === 2) throw new Error(err);
  return [code, ...JSON.parse(out).map((finding: { code: string }) => finding.code)];
}

const mistake = 'a(int b) "0x%d"\n';
const style = 'c(void) " d"\n';

describe("sets and levels", () => {
  test("--set strict finds what is style too", async () => {
    write({ "trace-events": style });
    expect(await codes(top)).toEqual([0]);
    expect(await codes(top, "--set", "strict")).toEqual([0, "leading-blank"]);
  });

  test("--rule sets a rule's level, and the exit code with it", async () => {
    write({ "trace-events": mistake + style });
    expect(await codes(top, "--rule", "decimal-after-0x=warn")).toEqual([0, "decimal-after-0x"]);
    expect(
      await codes(top, "--rule", "decimal-after-0x=off", "--rule", "leading-blank=error"),
    ).toEqual([1, "leading-blank"]);
  });

  test("--max-warnings makes warnings count", async () => {
    write({ "trace-events": `${style}e(void) " f"\n` });
    expect((await codes(top, "--set", "strict", "--max-warnings", "2"))[0]).toBe(0);
    expect((await codes(top, "--set", "strict", "--max-warnings", "1"))[0]).toBe(1);
  });

  test("a summary by rule stands at the end, on stderr", async () => {
    write({ "trace-events": mistake });
    const { err } = await runCli(["lint", top]);
    expect(err).toBe(
      "     1 error   decimal-after-0x  in 1 file, --fix mends all\n1 file: 1 error, 0 warnings\n",
    );
  });
});

describe("qtrace.config.json", () => {
  test("the nearest above a file holds for it, its paths from its own folder on", async () => {
    write({
      "qtrace.config.json": JSON.stringify({ rules: { "decimal-after-0x": "off" } }),
      "a/trace-events": mistake,
      "b/qtrace.config.json": JSON.stringify({
        paths: [{ files: ["d/**"], rules: { "decimal-after-0x": "warn" } }],
      }),
      "b/c/trace-events": mistake,
      "b/d/trace-events": mistake,
    });
    expect(await codes(at("a"))).toEqual([0]);
    expect(await codes(at("b/c"))).toEqual([1, "decimal-after-0x"]);
    expect(await codes(at("b/d/trace-events"))).toEqual([0, "decimal-after-0x"]);
  });

  test("--config takes another", async () => {
    write({ "other.json": '{ "set": "strict" }', "trace-events": style });
    expect(await codes(at("trace-events"), "--config", at("other.json"))).toEqual([
      0,
      "leading-blank",
    ]);
  });

  test.each([
    ['{ "rules": { "stray-leter": "off" } }', "rules.stray-leter: there is no rule 'stray-leter'"],
    ["{", "not JSON: "],
  ])("a mistake is one clear line: %s", async (text, told) => {
    write({ "qtrace.config.json": text, "trace-events": mistake });
    const { code, err, out } = await runCli(["lint", top]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^qtrace: .*qtrace\.config\.json: [^\n]*\n$/);
    expect(err).toContain(told);
  });
});

describe("--fix", () => {
  test("mends what is certain and tells the rest", async () => {
    write({ "trace-events": `${mistake}g(void) "("\n` });
    const { code, out, err } = await runCli(["lint", "--fix", top]);
    expect(read("trace-events")).toBe('a(int b) "0x%x"\ng(void) "("\n');
    expect(code).toBe(0);
    expect(out).toContain("[unbalanced-bracket]");
    expect(out).not.toContain("[decimal-after-0x]");
    expect(err).toContain("1 fix put in, in 1 file\n");
  });

  test("--fix-dry-run prints a diff that git takes, and writes nothing", async () => {
    write({ "trace-events": `x(void)\n${mistake}` });
    const { code, out } = await runCli(["lint", "--fix-dry-run", at("trace-events")]);
    expect(code).toBe(1);
    expect(read("trace-events")).toBe(`x(void)\n${mistake}`);
    expect(out).toContain('\n x(void)\n-a(int b) "0x%d"\n+a(int b) "0x%x"\n');
    const depth = top.split("/").length;
    execFileSync("git", ["apply", `-p${depth}`, "-"], { cwd: top, input: out });
    expect(read("trace-events")).toBe('x(void)\na(int b) "0x%x"\n');
  });

  test("a rule that is off mends nothing", async () => {
    write({ "trace-events": mistake });
    await runCli(["lint", "--fix", "--rule", "decimal-after-0x=off", top]);
    expect(read("trace-events")).toBe(mistake);
  });

  test("a file with bytes that are no text stays as it is", async () => {
    const bytes = Buffer.concat([
      Buffer.from("# caf"),
      Buffer.from([0xe9]),
      Buffer.from(`\n${mistake}`),
    ]);
    writeFileSync(at("trace-events"), bytes);
    await runCli(["lint", "--fix", top]);
    expect(readFileSync(at("trace-events"))).toEqual(bytes);
  });
});

describe("--baseline", () => {
  test("what was there is let be, what is new is told", async () => {
    write({ "hw/trace-events": mistake });
    const baseline = ["--baseline", at("baseline.json")];
    const { code, err } = await runCli(["lint", top, ...baseline, "--update-baseline"]);
    expect(code).toBe(0);
    expect(err).toContain("1 findings written");
    expect(JSON.parse(read("baseline.json"))).toEqual({
      version: 1,
      findings: { "hw/trace-events": { "decimal-after-0x": { a: 1 } } },
    });
    write({ "hw/trace-events": `# moved\n${mistake}n(int b) "%ddone"\n` });
    expect(await codes(top, ...baseline)).toEqual([0, "missing-blank"]);
    write({ "hw/trace-events": "a(void)\n" });
    expect((await runCli(["lint", top, ...baseline])).err).toContain("1 it names are gone");
  });

  test("one that is not there, or is none, is one clear line", async () => {
    write({ "trace-events": mistake, "x.json": "[]" });
    const missing = await runCli(["lint", top, "--baseline", at("no.json")]);
    expect(missing).toMatchObject({ code: 2, out: "" });
    expect(missing.err).toMatch(/no\.json: no such file or folder\n$/);
    expect((await runCli(["lint", top, "--baseline", at("x.json")])).err).toMatch(/not a baseline/);
  });
});

describe("--diff", () => {
  test("tells only of lines that are not the same in the revision", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.org", ...args], {
        cwd: top,
      });
    write({ "hw/trace-events": `x(void)\n${mistake}` });
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "first");
    write({
      "hw/trace-events": `x(void)\ny(void)\n${mistake}n(int b) "%ddone"\n`,
      "ui/trace-events": mistake,
    });
    const here = process.cwd();
    try {
      process.chdir(top);
      expect(await codes("--diff", "HEAD", "hw")).toEqual([0, "missing-blank"]);
      expect(await codes("--diff", "HEAD", ".")).toEqual([1, "missing-blank", "decimal-after-0x"]);
      const { code, err } = await runCli(["lint", "--diff", "no-such", "."]);
      expect(code).toBe(2);
      expect(err).toMatch(/^qtrace: --diff: [^\n]+\n$/);
    } finally {
      process.chdir(here);
    }
  });
});

describe("--source", () => {
  const events = `# net.c
net_send(int fd, int len) "fd %d len %d"
# gone.c
net_lost(void) ""
# other.c
net_open(int x, int y) "%d %d"
`;
  const tree = {
    "net/trace-events": events,
    "net/net.c": `/* trace_net_lost() */
void f(int fd, int len, int x, int y)
{
    trace_net_send(fd);
    trace_net_open(y, x);
    trace_net_sent(fd);
}
`,
    "net/other.c": "",
    "build/build.ninja": "",
    "build/copy.c": "void f(void) { trace_net_lost(); }",
  };

  test("events, headings and calls are told, each at its own place", async () => {
    write(tree);
    const { code, out } = await runCli(["lint", top, "--source", top, "--format", "github"]);
    expect(code).toBe(1);
    const found = out
      .trim()
      .split("\n")
      .map((line) =>
        /file=(?:.*%2F|.*\/)?(.*?),line=(\d+).*qtrace%3A ([\w-]+)::/.exec(line)?.slice(1),
      );
    expect(found).toEqual([
      ["trace-events", "3", "missing-heading-file"],
      ["trace-events", "4", "never-called"],
      ["trace-events", "6", "wrong-heading"],
      ["net.c", "4", "call-argument-count"],
      ["net.c", "5", "swapped-arguments"],
      ["net.c", "6", "undeclared-call"],
    ]);
  });

  test("events of files that are not linted are declared all the same", async () => {
    write({ ...tree, "ui/trace-events": 'net_sent(int fd) "%d"\n' });
    const found = await codes(at("net"), "--source", top);
    expect(found).not.toContain("undeclared-call");
  });

  test("a tree that is not there is one clear line", async () => {
    write({ "trace-events": "a(void)\n" });
    const { code, err } = await runCli(["lint", top, "--source", at("nowhere")]);
    expect(code).toBe(2);
    expect(err).toMatch(/nowhere: no such file or folder\n$/);
  });
});

describe("wrong usage is one clear line", () => {
  test.each([
    [["--rule", "stray-letter"], "--rule stray-letter: expected NAME=off"],
    [["--rule", "stray-leter=off"], "is it 'stray-letter'?"],
    [["--fix", "--diff", "HEAD"], "cannot go with --diff"],
    [["--fix", "--fix-dry-run"], "give one of them"],
    [["--update-baseline"], "wants --baseline FILE"],
    [["--max-warnings", "few"], "expected a number"],
    [["--config", "no-such.json"], "no-such.json: no such file"],
  ])("%j", async (args, told) => {
    write({ "trace-events": "" });
    const { code, err, out } = await runCli(["lint", top, ...args]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^qtrace: [^\n]+\n$/);
    expect(err).toContain(told);
  });

  test("standard input cannot be written to", async () => {
    expect((await runCli(["lint", "-", "--fix"], mistake)).code).toBe(2);
  });
});
