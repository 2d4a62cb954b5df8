import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { runCli } from "../support/cli.js";
import { fixture } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

interface Cost {
  readonly records: number;
  readonly nanoseconds?: string;
}

interface Account {
  readonly advice: readonly string[];
  readonly downtime: { readonly guest: string };
  readonly tracing?: {
    readonly downtime?: Cost;
    readonly devices: readonly {
      readonly name: string;
      readonly save?: Cost;
      readonly load?: Cost;
    }[];
  };
}

async function accountOf(...args: string[]): Promise<Account> {
  return JSON.parse((await runCli(["analyze", "--format", "json", ...args])).out) as Account;
}

test("no trace, no cost of tracing", () => {
  expect(analyze({}).tracing).toBeUndefined();
});

describeWith(["shared"], "a migration with every event traced", () => {
  const events = ["--events", sharedPath("corpus", "qemu-10.2.2", "trace-events-all")];
  const dir = sharedPath("recordings", "q35-precopy");
  const logs = (side: string) => `${dir}/${side}.log`;
  const bothLogs = ["--source", logs("source"), "--destination", logs("destination")];

  test("virtio-rng's load has as many records as the log has lines there", async () => {
    const lines = readFileSync(logs("destination"), "utf8").split("\n");
    const start = lines.findIndex((line) => /section_startfull .*virtio-rng/.test(line));
    const end = lines.findIndex(
      (line, index) => index > start && / qemu_loadvm_state_section /.test(line),
    );
    const { tracing } = await accountOf(...bothLogs, ...events);
    const { load } = tracing!.devices.find(({ name }) => name.endsWith("/virtio-rng"))!;
    expect(end - start).toBeGreaterThan(16_000);
    expect(Math.abs(load!.records - (end - start))).toBeLessThan(10);
  });

  test.each(["log", "simpletrace"])(
    "no device is blamed for what is mostly tracing (%s)",
    async (kind) => {
      const traces = ["source", "destination"].flatMap((side) => [
        `--${side}`,
        `${dir}/${side}.${kind}`,
      ]);
      const { advice, tracing, downtime } = await accountOf(...traces, ...events);
      expect(advice.filter((line) => line.includes("of the downtime"))).toEqual([]);
      const share = Number(tracing!.downtime!.nanoseconds) / Number(downtime.guest);
      expect(share).toBeGreaterThan(0.5);
      expect(share).toBeLessThanOrEqual(1);
    },
  );

  test("text and page report it before all that is about the downtime's causes", async () => {
    const text = (await runCli(["analyze", dir, ...events])).out;
    expect(text).toMatch(
      /\ntracing +39,\d\d\d records were written during the downtime, about \d+ of its 53 ms; trace fewer\n +events: `qtrace events migration`\n/,
    );
    expect(text.indexOf("\ntracing ")).toBeLessThan(
      text.indexOf("\nWhat the downtime was spent on"),
    );
    const page = (await runCli(["analyze", dir, ...events, "--format", "html"])).out;
    expect(page).toMatch(/aria-label="Advice"><li class="tracing">39,\d\d\d records were written/);
    expect(page).toContain("<code>qtrace events migration</code>");
  });
});

describeWith(["shared"], "a busy host", () => {
  test.each(["precopy", "postcopy", "snapshot", "cpr", "colo"])(
    "recordings-11/%s: virtio-rng and virtio-net are long by their records, and not blamed",
    async (name) => {
      const events = ["--events", sharedPath("corpus", "qemu-11.1.3", "trace-events-all")];
      const { advice } = await accountOf(sharedPath("recordings-11", name), ...events);
      expect(advice.filter((line) => line.includes("virtio"))).toEqual([]);
    },
  );

  test("a trace without timestamps has no cost of tracing", async () => {
    const log = sharedPath("cases", "analysis", "untimed.log");
    expect((await accountOf("--source", log)).tracing).toBeNull();
  });
});

test.each(["small-set-precopy", "small-set-postcopy"])(
  "%s: tracing is not worth a word",
  async (name) => {
    const dir = (file: string) => fixture(name, file);
    const logs = ["--source", dir("source.log"), "--destination", dir("destination.log")];
    const account = await accountOf(
      ...logs,
      "--events",
      fixture(name, "..", "..", "..", "trace-events"),
    );
    const { records, nanoseconds } = account.tracing!.downtime!;
    expect(records).toBeLessThan(400);
    expect(Number(nanoseconds) / Number(account.downtime.guest)).toBeLessThan(0.1);
    const text = await runCli(["analyze", ...logs]);
    expect(text.out).not.toContain("\ntracing ");
  },
);
