import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { describeWith, sharedPath } from "../support/tools.js";

const folder = () => mkdtempSync(join(tmpdir(), "qtrace-"));

/** What a CI job sees of figures that cannot be known. */
describeWith(["shared"], "analyze, of what cannot be known", () => {
  const events = ["--events", sharedPath("corpus", "qemu-10.0.2", "trace-events-all")];
  const input = (name: string) => sharedPath("cases", "analysis", name);
  const untimed = ["--source", input("untimed.log"), ...events];
  const analyze = (...args: string[]) => runCli(["analyze", ...args]);

  /** A log whose timestamps are moved by whole seconds. */
  const moved = (name: string, seconds: number) => {
    const text = gunzipSync(readFileSync(input(name))).toString();
    const file = join(folder(), "moved.log");
    const shift = (_: string, pid: string, time: string) => `${pid}@${Number(time) + seconds}.`;
    writeFileSync(file, text.replace(/^(\d+)@(\d+)\./gm, shift));
    return file;
  };
  const noReturnPath = (seconds: number) => [
    ...["--source", input("no-return-path.source.log.gz")],
    ...["--destination", moved("no-return-path.destination.log.gz", seconds), ...events],
  ];

  test("a limit fails on a downtime between clocks that nothing bounds, and passes on one clock", async () => {
    const limit = ["--max-downtime", "300"];
    for (const seconds of [-5, 0, 5]) {
      const { code, err, out } = await analyze(...noReturnPath(seconds), ...limit);
      expect([seconds, code]).toEqual([seconds, 1]);
      expect(err).toContain(
        "the downtime is unknown, so it cannot be judged by the limit of 300 ms",
      );
      expect(out).toMatch(/^downtime +unknown, at least \d/m);
    }
    const same = await analyze(...noReturnPath(0), ...limit, "--same-clock");
    expect(same.code).toBe(0);
    expect(same.out).toMatch(/^downtime +101\.504 ms, from/m);
    const offset = await analyze(...noReturnPath(5), ...limit, "--clock-offset", "5000");
    expect(offset.code).toBe(0);
    expect(offset.out).toMatch(/^downtime +101\.504 ms, from/m);
  });

  test("a wrong offset is a contradiction, and both options exclude each other", async () => {
    const wrong = await analyze(...noReturnPath(0), "--clock-offset", "5000");
    expect(wrong.code).toBe(1);
    expect(wrong.out).toMatch(/^problem +the clocks contradict each other/);
    const both = await analyze(...noReturnPath(0), "--clock-offset", "5", "--same-clock");
    expect(both.code).toBe(2);
    expect((await analyze(...noReturnPath(0), "--clock-offset", "soon")).code).toBe(2);
  });

  test("without timestamps no limit passes, and JUnit has failures", async () => {
    const junit = join(folder(), "limits.xml");
    const device = "0000:00:01.0/virtio-blk";
    const limits = ["--max-downtime", "1", "--max-device", `${device}=1000`, "--junit", junit];
    const { code, out } = await analyze(...untimed, ...limits);
    expect(code).toBe(1);
    expect(out.replace(/\s+/g, " ")).toMatch(/^warning the source's trace has no timestamps/);
    expect(out).not.toMatch(/\b0\.000\b/);
    const xml = readFileSync(junit, "utf8");
    // What QEMU prints in vmstate_downtime_save is known all the same; no destination was traced.
    expect(xml).toMatch(/<testcase classname="migration" name="save of [^"]*virtio-blk"\/>/);
    expect(xml).toMatch(/name="downtime">\s*<failure message="the downtime is unknown/);
    expect(xml).toMatch(/name="load of [^"]*virtio-blk">\s*<failure message="[^"]*is unknown/);
  });

  test("without timestamps times are null in JSON and in tables, and a dash in statistics", async () => {
    const json = JSON.parse((await analyze(...untimed, "--format", "json")).out);
    expect([json.begin, json.end, json.clocks, json.downtime.reported]).toEqual(
      Array(4).fill(null),
    );
    expect(json.items[0].source).toMatchObject({ status: "untimed" });
    expect(json.devices[0]).toMatchObject({ save: "139648000", load: null });
    const { out } = await runCli(["decode", "--stats", input("untimed.log"), ...events]);
    expect(out).toMatch(/^vmstate_save +1 +– +– /m);
    const rows = await runCli([
      ...["decode", "--stats", "--format", "jsonl", input("untimed.log"), ...events],
    ]);
    expect(JSON.parse(rows.out.split("\n")[0]!)).toMatchObject({ first: null, last: null });
  });

  test("export stores no zero for an unknown time, and what is wrong with a recording", async () => {
    const root = folder();
    for (const [name, source, destination] of [
      ["untimed", "untimed-real.source.log", "untimed-real.destination.log"],
      ["other", "other-migration.source.log.gz", "other-migration.destination.log"],
    ] as const) {
      mkdirSync(join(root, name));
      const unpack = (from: string, to: string) => {
        if (!from.endsWith(".gz")) return copyFileSync(input(from), to);
        writeFileSync(to, gunzipSync(readFileSync(input(from))));
      };
      unpack(source, join(root, name, "source.log"));
      unpack(destination, join(root, name, "destination.log"));
    }
    const dataSet = join(folder(), "data");
    const { code, err } = await runCli(["export", root, "--output", dataSet, ...events]);
    expect(code).toBe(1);
    expect(err).toMatch(/other: the source's trace and the destination's are not of one migration/);
    const query = async (sql: string) =>
      JSON.parse((await runCli(["query", dataSet, sql, "--format", "json"])).out);
    expect(
      await query("SELECT begin_ns, total_ns, downtime_ns FROM migrations WHERE name = 'untimed'"),
    ).toEqual([{ begin_ns: null, total_ns: null, downtime_ns: null }]);
    const timed = await query(
      "SELECT count(*) AS n FROM pairs JOIN migrations USING (recording) " +
        "WHERE name = 'untimed' AND start_ns IS NOT NULL",
    );
    expect(Number(timed[0].n)).toBe(0);
    const kinds = await query(
      "SELECT name, kind FROM problems JOIN migrations USING (recording) ORDER BY name, kind",
    );
    expect(kinds).toContainEqual({ name: "other", kind: "problem" });
    expect(kinds).toContainEqual({ name: "untimed", kind: "warning" });
  });

  test("--attempt chooses one of several, and an attempt that is not there is a wrong option", async () => {
    const log = ["--source", input("two-attempts.log"), ...events];
    const second = await analyze(...log, "--max-downtime", "100");
    expect(second.code).toBe(1);
    expect(second.err).toContain("the downtime of 511.230 ms exceeds 100 ms");
    expect(second.out).toMatch(/^Attempts$/m);
    const first = await analyze(...log, "--max-downtime", "100", "--attempt", "1");
    expect([first.code, first.err]).toEqual([0, ""]);
    const third = await analyze(...log, "--attempt", "3");
    expect([third.code, third.err]).toEqual([
      2,
      "qtrace: --attempt: there is no attempt 3: the trace has 2\n",
    ]);
    expect((await analyze(...log, "--attempt", "soon")).code).toBe(2);
  });

  test("a migration that failed exits 1, and no limit passes on it", async () => {
    const args = [
      ...["--source", input("failed-at-destination.source.log")],
      ...["--destination", input("failed-at-destination.destination.log"), ...events],
    ];
    const { code, out, err } = await analyze(...args, "--max-downtime", "100000");
    expect(code).toBe(1);
    expect(out).toMatch(/^failed +at the destination, at 0000:00:10\.1\/pvrdma FULL$/m);
    expect(err).toContain("the downtime is unknown");
  });
});
