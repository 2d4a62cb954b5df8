import { appendFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { main } from "../../../src/cli/main.js";
import { madeRecords, madeTrace } from "./made-trace.js";

/** A `decode --follow` that runs beside the test. */
class Following {
  out = "";
  err = "";
  readonly done: Promise<number>;
  readonly #stop = new AbortController();

  constructor(trace: string, ...options: string[]) {
    this.done = main(["decode", trace, "--follow", ...options], {
      out: async (text) => {
        this.out += Buffer.from(text).toString("utf8");
      },
      err: (text) => {
        this.err += text;
      },
      stdin: async function* () {},
      colors: false,
      interruption: () => this.#stop.signal,
    });
  }

  async until(part: string): Promise<void> {
    while (!this.out.includes(part)) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  stop(): Promise<number> {
    this.#stop.abort();
    return this.done;
  }
}

describe("--follow", () => {
  test("prints what is there, and what is written later, until it is interrupted", async () => {
    const { trace } = madeTrace();
    const following = new Following(trace);
    await following.until("disk_close -3\n");
    const whole = madeRecords().record(9, 15_000_000_000, 1, 77).take();
    const more = whole.subarray(-40);
    appendFileSync(trace, more.subarray(0, 17));
    appendFileSync(trace, more.subarray(17));
    await following.until("disk_close 77\n");
    // In the middle of a record: it is not there yet, and not damaged.
    appendFileSync(trace, more.subarray(0, 17));
    expect(await following.stop()).toBe(0);
    expect(following.out.split("\n")).toHaveLength(8);
    expect(following.err).not.toContain("cut short");
  });

  test("waits for a log's first line", async () => {
    const { folder } = madeTrace();
    const log = join(folder, "log");
    writeFileSync(log, "");
    const following = new Following(log, "--format", "jsonl");
    appendFileSync(log, "disk_clo");
    appendFileSync(log, "se 5\n");
    await following.until('"fd":5');
    expect(await following.stop()).toBe(0);
  });

  test("--stats tells what there was when it is interrupted", async () => {
    const { trace } = madeTrace();
    const following = new Following(trace, "--stats");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await following.stop()).toBe(0);
    expect(following.out).toContain("3 events");
  });

  test("a file that becomes shorter, or is taken away, ends it", async () => {
    const { trace } = madeTrace();
    const cut = new Following(trace);
    await cut.until("disk_close -3\n");
    truncateSync(trace, 100);
    expect(await cut.done).toBe(1);
    expect(cut.err).toContain("trace-1 was cut to 100 bytes\n");

    const { trace: other } = madeTrace();
    const gone = new Following(other);
    await gone.until("disk_close -3\n");
    rmSync(other);
    expect(await gone.done).toBe(1);
    expect(gone.err).toContain("trace-1 was taken away\n");
  });
});
