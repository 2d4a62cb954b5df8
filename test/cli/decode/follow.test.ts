import { EventEmitter, once } from "node:events";
import { appendFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { main } from "../../../src/cli/main.js";
import { madeRecords, madeTrace } from "./made-trace.js";

/** A `decode --follow` that runs during the test. */
class Following {
  out = "";
  err = "";
  readonly done: Promise<number>;
  readonly #stop = new AbortController();
  readonly #progress = new EventEmitter();
  #reads = 0;

  constructor(trace: string, ...options: string[]) {
    const { signal } = this.#stop;
    // It asks whether to go on before each read, so when it asks again, it is done with what it read.
    const aborted = () => {
      this.#reads += 1;
      this.#progress.emit("progress");
      return Reflect.get(AbortSignal.prototype, "aborted", signal) as boolean;
    };
    Object.defineProperty(signal, "aborted", { get: aborted });
    this.done = main(["decode", trace, "--follow", ...options], {
      out: async (text) => {
        this.out += Buffer.from(text).toString("utf8");
        this.#progress.emit("progress");
      },
      err: (text) => {
        this.err += text;
      },
      stdin: async function* () {},
      colors: false,
      interruption: () => signal,
    });
  }

  /** Resolves once this was printed. */
  printed(part: string): Promise<void> {
    return this.#until(() => this.out.includes(part));
  }

  /** Resolves once what was in the file at first has been read and processed. */
  processed(): Promise<void> {
    return this.#until(() => this.#reads > 1);
  }

  async #until(isThere: () => boolean): Promise<void> {
    const ended = this.done.then((code) => {
      throw new Error(`it ended with ${code}: ${this.err}`);
    });
    ended.catch(() => {});
    while (!isThere()) await Promise.race([once(this.#progress, "progress"), ended]);
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
    await following.printed("disk_close -3\n");
    const whole = madeRecords().record(9, 15_000_000_000, 1, 77).take();
    const more = whole.subarray(-40);
    appendFileSync(trace, more.subarray(0, 17));
    appendFileSync(trace, more.subarray(17));
    await following.printed("disk_close 77\n");
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
    await following.processed();
    appendFileSync(log, "disk_clo");
    appendFileSync(log, "se 5\n");
    await following.printed('"fd":5');
    expect(await following.stop()).toBe(0);
  });

  test("--stats reports what there was when it is interrupted", async () => {
    const { trace } = madeTrace();
    const following = new Following(trace, "--stats");
    await following.processed();
    expect(await following.stop()).toBe(0);
    expect(following.out).toContain("3 events");
  });

  test("a file that becomes shorter, or is taken away, ends it", async () => {
    const { trace } = madeTrace();
    const cut = new Following(trace);
    await cut.printed("disk_close -3\n");
    truncateSync(trace, 100);
    expect(await cut.done).toBe(1);
    expect(cut.err).toContain("trace-1 was cut to 100 bytes\n");

    const { trace: other } = madeTrace();
    const gone = new Following(other);
    await gone.printed("disk_close -3\n");
    rmSync(other);
    expect(await gone.done).toBe(1);
    expect(gone.err).toContain("trace-1 was taken away\n");
  });
});
