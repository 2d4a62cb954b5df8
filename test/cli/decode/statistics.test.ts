import { describe, expect, test } from "vitest";
import { runCli } from "../../support/cli.js";
import { madeTrace } from "./made-trace.js";

const { trace } = madeTrace();

describe("--stats", () => {
  test("has count, first, last, rate and bytes of each event, the most frequent first", async () => {
    const { code, out } = await runCli(["decode", trace, "--stats"]);
    expect(code).toBe(0);
    expect(out).toBe(`event       count  first ms   last ms  per second  bytes
disk_read       3  1000.000  3000.000       1.000    168
disk_open       2     0.000   500.000       2.000    112
disk_close      1  4000.000  4000.000                 40
3 events        6     0.000  4000.000                320
`);
  });

  test("counts what is selected", async () => {
    const { out } = await runCli(["decode", trace, "--stats", "--pid", "2", "--format", "csv"]);
    expect(out).toBe(`event,count,first,last,rate,bytes
disk_open,1,10500000000,10500000000,,52
disk_read,1,13000000000,13000000000,,56
`);
  });

  test("--format jsonl is an object an event", async () => {
    const options = ["--stats", "--format", "jsonl", "--event", "disk_read"];
    const { out } = await runCli(["decode", trace, ...options]);
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        event: "disk_read",
        count: 3,
        first: "11000000000",
        last: "13000000000",
        rate: 1,
        bytes: 168,
      },
    ]);
  });

  test("of nothing says so", async () => {
    const { out } = await runCli(["decode", trace, "--stats", "--event", "disk_none"]);
    expect(out).toBe("no records\n");
  });

  test.each([
    [["--format", "parquet", "--output", "x"], "--stats has --format text, jsonl or csv"],
    [["--format", "csv", "--per-event"], "--stats has a line for each event already"],
  ])("%j does not go with it", async (options, message) => {
    const { code, err } = await runCli(["decode", trace, "--stats", ...options]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
