import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { fixture } from "../support/recordings.js";
import { repoRoot } from "../support/repo-root.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-limits-"));
afterAll(() => rmSync(work, { recursive: true }));

const recording = fixture("microvm-file");
const postcopy = fixture("postcopy-faults");
const own = ["--events", join(postcopy, "trace-events"), join(repoRoot, "trace-events")];

const compare = (before: string, after: string, ...options: string[]) =>
  runCli(["analyze", "--compare", before, after, ...own, ...options]);

describe("--compare with limits", () => {
  test("--max-downtime is for the second migration", async () => {
    // By its own two logs the postcopy's guest stood still for 74.8 ms, and the other one's for 1.8 ms.
    const longer = await compare(recording, postcopy, "--max-downtime", "50");
    expect(longer.code).toBe(1);
    expect(longer.err).toContain("qtrace: the downtime of 74.798 ms exceeds 50 ms\n");
    expect((await compare(postcopy, recording, "--max-downtime", "50")).code).toBe(0);
  });

  test("--max-device is, too, and a device that is not there fails", async () => {
    const { code, err } = await compare(recording, recording, "--max-device", "nvdimm=1");
    expect(code).toBe(1);
    expect(err).toContain("save of nvdimm");
  });

  test("--junit has a test case for each limit and each comparison", async () => {
    const file = join(work, "limits.xml");
    const options = ["--max-downtime", "1000", "--max-regression", "20%,5ms", "--junit", file];
    expect((await compare(postcopy, postcopy, ...options)).code).toBe(0);
    const xml = readFileSync(file, "utf8");
    expect(xml).toContain('failures="0"');
    for (const name of ["downtime", "regression of downtime", "regression of save of timer"])
      expect(xml).toContain(`<testcase classname="migration" name="${name}"/>`);
  });

  test("--max-regression fails and says why where a figure is unknown in one of them", async () => {
    const file = join(work, "unknown.xml");
    const options = ["--max-regression", "20%", "--junit", file];
    const { code, err } = await compare(postcopy, recording, ...options);
    expect(code).toBe(1);
    const why = "the downtime is unknown in the second migration, so it cannot be compared";
    expect(err).toContain(`qtrace: ${why}\n`);
    expect(readFileSync(file, "utf8")).toContain(
      `name="regression of downtime">\n    <failure message="${why}"/>`,
    );
  });

  test("--max-regression alone, or with something else than a percentage, is wrong usage", async () => {
    const alone = await runCli(["analyze", recording, ...own, "--max-regression", "20%"]);
    expect(alone).toMatchObject({ code: 2, err: "qtrace: --max-regression needs --compare\n" });
    for (const wrong of ["20", "5ms", "20%,5", "-1%", "20%,5s"])
      expect((await compare(recording, recording, `--max-regression=${wrong}`)).code).toBe(2);
  });

  test("options that name single files are refused", async () => {
    const stream = ["--stream", join(recording, "stream.bin")];
    const { code, err } = await compare(recording, recording, ...stream);
    expect({ code, err }).toEqual({
      code: 2,
      err: "qtrace: --compare takes two recordings, not --stream\n",
    });
    expect((await runCli(["analyze", recording, "--compare", recording, recording])).code).toBe(2);
  });
});

describe("an option given twice", () => {
  test("is wrong usage, in every command, and names the option", async () => {
    const twice: [string[], string][] = [
      [["analyze", recording, "--max-downtime", "1", "--max-downtime", "5"], "--max-downtime"],
      [["analyze", recording, "--format", "json", "--format", "text"], "--format"],
      [["analyze", recording, "--output=a.txt", "--output=b.txt"], "--output"],
      [["analyze", "--stream", "a", "--stream", "b"], "--stream"],
      [["decode", "trace", "--format", "csv", "--format", "jsonl"], "--format"],
      [["stream", "edit", "a", "--output", "b", "--output", "c"], "--output"],
      [["lint", ".", "--set", "strict", "--set", "recommended"], "--set"],
    ];
    for (const [args, name] of twice) {
      expect(await runCli(args)).toEqual({
        code: 2,
        out: "",
        err: `qtrace: ${name} is given twice\n`,
      });
    }
  });

  test("adds up where it is a list or says that it may be repeated", async () => {
    const limits = ["--max-device", "cpu=0.000001", "--max-device", "timer=0.000001"];
    const { code, err } = await runCli(["analyze", recording, ...own, ...limits]);
    expect(code).toBe(1);
    expect(err).toMatch(/save of cpu .*\n.*load of cpu .*\n.*save of timer /);
    const events = ["migration", "system"].flatMap((group) => [
      "--events",
      join(repoRoot, "trace-events", group, "trace-events"),
    ]);
    expect((await runCli(["analyze", recording, ...events])).out).toContain("SWITCHOVER_START at");
    const rules = ["--rule", "missing-blank=off", "--rule", "no-such-rule=off"];
    expect((await runCli(["lint", join(repoRoot, "trace-events"), ...rules])).err).toContain(
      "no-such-rule",
    );
  });
});

describe("--output's extension", () => {
  const analyzeTo = async (name: string, ...options: string[]) => {
    const file = join(work, name);
    const result = await runCli(["analyze", recording, ...own, "--output", file, ...options]);
    return {
      ...result,
      start: existsSync(file) ? readFileSync(file).toString("latin1", 0, 15) : "",
    };
  };

  test("decides the format where none is given", async () => {
    expect((await analyzeTo("a.html")).start).toBe("<!doctype html>");
    expect((await analyzeTo("a.json")).start).toMatch(/^\{\s+"/);
    expect((await analyzeTo("a.txt")).start).toMatch(/^machine /);
    expect((await analyzeTo("a.report")).start).toMatch(/^machine /);
    // A Perfetto trace is a protobuf whose first field is a packet (field 1, length-delimited).
    expect((await analyzeTo("a.pftrace")).start[0]).toBe("\n");
    expect((await analyzeTo("a.perfetto-trace")).start[0]).toBe("\n");
  });

  test("that contradicts the given format is wrong usage, and nothing is written", async () => {
    expect(await analyzeTo("b.html", "--format", "text")).toMatchObject({
      code: 2,
      start: "",
      err: expect.stringMatching(/^qtrace: --format text does not fit --output .*b\.html: .*\n$/),
    });
    expect(await analyzeTo("b.json", "--format", "html")).toMatchObject({ code: 2, start: "" });
    expect((await analyzeTo("b.out", "--format", "json")).code).toBe(0);
  });

  test("is heeded by decode as well", async () => {
    const trace = join(recording, "source.simpletrace");
    const decodeTo = (name: string, ...options: string[]) =>
      runCli(["decode", trace, ...own, "--output", join(work, name), ...options]);
    expect((await decodeTo("c.csv")).code).toBe(0);
    expect(readFileSync(join(work, "c.csv"), "utf8")).toMatch(/^timestamp,pid,type,event/);
    expect((await decodeTo("c.parquet")).code).toBe(0);
    expect(readFileSync(join(work, "c.parquet")).toString("latin1", 0, 4)).toBe("PAR1");
    expect((await decodeTo("d.csv", "--format", "text")).code).toBe(2);
    expect((await decodeTo("tables.csv", "--format", "parquet", "--per-event")).code).toBe(0);
  });
});
