/** What comes from files and names does not steer the terminal of whoever looks at it. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { Io } from "../../src/cli/io.js";
import { main } from "../../src/cli/main.js";
import { forTerminal } from "../../src/cli/terminal-text.js";
import { StreamWriter } from "../../src/migration/wire/stream-writer.js";
import { formatTable } from "../../src/report/table.js";
import { addSink } from "../../src/runtime/registry.js";
import { fixture } from "../support/recordings.js";
import { repoRoot } from "../support/repo-root.js";

const folder = mkdtempSync(join(tmpdir(), "qtrace-escapes-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Sets the clipboard, renames the window, clears the screen, returns to the line's start, turns text around. */
const hostile = "\x1b]52;c;ZXZpbA==\x07\x1b]0;x\x07\x1b[2J\x9b2J\r\x7f\u202e\x1b[8m";
const visible =
  "\\u{1b}]52;c;ZXZpbA==\\u{7}\\u{1b}]0;x\\u{7}\\u{1b}[2J\\u{9b}2J\\u{d}\\u{7f}\\u{202e}\\u{1b}[8m";
const steering = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u;

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

interface Shown {
  readonly io: Io;
  readonly out: () => Buffer;
  readonly err: () => string;
}

function terminal(given: Partial<Io> = { outTerminal: true }): Shown {
  const out: Buffer[] = [];
  let err = "";
  const io: Io = {
    out: async (text) => void out.push(Buffer.from(text)),
    err: (text) => {
      err += text;
    },
    stdin: async function* () {},
    colors: false,
    ...given,
  };
  return { io, out: () => Buffer.concat(out), err: () => err };
}

const log = write("a.log", `12@1.000001:savevm_state_setup \nother ${hostile} text\n`);

describe("results", () => {
  test("are shown with visible escapes where stdout is a terminal", async () => {
    const { io, out } = terminal();
    expect(await main(["decode", log], io)).toBe(0);
    expect(out().toString()).toContain(`other ${visible} text\n`);
    expect(out().toString()).not.toMatch(steering);
  });

  test("are as they are in pipes and in files", async () => {
    const { io, out } = terminal({});
    expect(await main(["decode", log], io)).toBe(0);
    expect(out().toString()).toContain(`other ${hostile} text\n`);
    const file = join(folder, "out.txt");
    expect(await main(["decode", log, "--output", file], terminal().io)).toBe(0);
    expect(readFileSync(file, "utf8")).toContain(`other ${hostile} text\n`);
  });

  test.each([["json"], ["table"]])("of a stream's names: %s", async (format) => {
    const idstr = hostile.slice(0, 60);
    const head = { type: "section-full", sectionId: 2, idstr, instanceId: 0, version: 1 } as const;
    const bytes = new StreamWriter().header().sectionHead(head).footer(2).eof().take();
    const stream = write("stream.bin", bytes);
    const { io, out, err } = terminal();
    await main(["stream", "items", stream, ...(format === "json" ? ["--json"] : [])], io);
    expect(out().toString()).toMatch(/\\u(\{1b\}|001b)\]52;c/);
    expect(out().toString() + err()).not.toMatch(steering);
  });

  test("keep characters that are cut between two pieces, and lose C1 controls of one byte", async () => {
    const { io, out } = terminal();
    const shown = forTerminal(io);
    const bytes = Buffer.from("é\u{1f600}\u009b");
    for (const byte of bytes) await shown.out(Uint8Array.of(byte));
    await shown.out(Uint8Array.of(0x41, 0x9b, 0x32, 0x4a, 0xc3));
    await shown.out("B");
    await shown.out(Uint8Array.of(0xe2, 0x80));
    await shown.end();
    expect(out().toString()).toBe("é\u{1f600}\\u{9b}A\ufffd2J\ufffdB\ufffd");
  });
});

describe("stderr", () => {
  test.each([
    ["a file that is not there", ["decode", join(folder, hostile)]],
    ["a command that is not there", [hostile]],
    ["an option that is not there", ["decode", log, `--x${hostile}`]],
    ["a pattern that matches nothing", ["decode", log, "--event", hostile]],
  ])("names %s with visible escapes, also in a file", async (_, args) => {
    const { io, err } = terminal({});
    await main(args, io);
    expect(err()).toContain(visible);
    expect(err()).not.toMatch(steering);
  });

  test("keeps our colours, and only those", async () => {
    const file = write("\x1b[8mx", `e(int a) "%d\n`);
    const { io, err } = terminal({ colors: true });
    await main(["parse", file], io);
    expect(err()).toContain("\x1b[31merror\x1b[39m");
    expect(err()).toContain("\\u{1b}[8mx");
  });

  test("shows progress in one line", () => {
    const lines: string[] = [];
    const { io } = terminal({ status: (line) => void lines.push(line) });
    forTerminal(io).status?.(`a\nb${hostile}`);
    expect(lines).toEqual([`a b${visible}`]);
    expect(forTerminal(terminal({}).io).status).toBeUndefined();
  });
});

describe("a name with line feeds", () => {
  // What GitHub's runner would take for a message of the job.
  const forged = "\n::error::forged\n";
  const shown = "\\u{a}::error::forged\\u{a}";
  const place = join(folder, `a${forged}`);
  const inside = (name: string) => join(place, name);
  mkdirSync(place);
  writeFileSync(inside("trace-events"), 'e(int a) "%d\\n"\nf(int a)  "0x%d"\ng(int a "%d"\n');
  writeFileSync(inside("after"), 'e(int a, int b) "%d %d"\n');
  writeFileSync(inside("bad.log"), "no trace\n");
  for (const copy of ["one", "two"])
    cpSync(fixture("microvm-file"), inside(`${copy}${forged}`), { recursive: true });
  const recordings = [inside(`one${forged}`), inside(`two${forged}`)] as const;
  const events = ["--events", join(repoRoot, "trace-events")];

  test.each<[string, readonly string[]]>([
    ["a file that is not there", ["decode", inside("none")]],
    ["a file that is not a stream", ["stream", "items", inside("bad.log")]],
    ["a file without a trace", ["decode", inside("bad.log")]],
    ["a command", [forged]],
    ["a command with a similar name", [`decod${forged}`]],
    ["an option", ["decode", log, `--event${forged}`]],
    ["a value", ["analyze", place, "--format", forged]],
    ["lint", ["lint", inside("trace-events")]],
    ["lint --fix-dry-run", ["lint", "--fix-dry-run", inside("trace-events")]],
    ["parse", ["parse", inside("trace-events")]],
    ["fmt --check", ["fmt", "--check", inside("trace-events")]],
    ["breaking", ["breaking", inside("after"), "--against", inside("trace-events")]],
    ["generate", ["generate", inside("trace-events"), "--out", inside("out")]],
    [
      "analyze --output INPUT",
      ["analyze", recordings[0], "--output", join(recordings[0], "stream.bin")],
    ],
    ["analyze --compare", ["analyze", "--compare", ...recordings, ...events]],
    ["export", ["export", ...recordings, ...events, "--output", inside("bad.log")]],
  ])("forges no line of the output: %s", async (_, args) => {
    const { io, out, err } = terminal({});
    await main(args, io);
    const lines = `${out()}${err()}`.split("\n");
    expect(lines.filter((line) => line.trimStart().startsWith("::"))).toEqual([]);
    // In a patch as Git quotes it.
    expect(lines.join("\n")).toMatch(/(\\u\{a\}|\\n)::error::forged/);
  });

  test("forges no message of a trace sink that fails", () => {
    const said: string[] = [];
    const log = vi.spyOn(console, "error").mockImplementation((text) => void said.push(text));
    const fail = () => {
      throw new Error(`a${forged}\x1b[2J`);
    };
    const remove = addSink({ write: fail, flush: fail });
    remove();
    log.mockRestore();
    expect(said).toEqual([expect.stringContaining(`Error: a${shown}\\u{1b}[2J`)]);
  });

  test("forges no row of a table", () => {
    const columns = [{ title: forged, cell: (name: string) => name }];
    expect(formatTable([`a${forged}`], columns)).toBe(`${shown}\na${shown}\n`);
  });
});
