import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { fixture } from "../support/recordings.js";

interface QueryMigrate {
  readonly downtime: number;
  readonly "total-time": number;
  readonly ram: {
    readonly transferred: number;
    readonly "dirty-sync-count": number;
    readonly "postcopy-requests": number;
    readonly "precopy-bytes": number;
    readonly "downtime-bytes": number;
  };
}

interface Account {
  readonly streamSize: number;
  readonly begin: string;
  readonly end: string;
  readonly rounds: readonly { readonly pages: number }[];
  readonly problems: readonly string[];
  readonly outcome: { readonly state: string };
  readonly source: { readonly expected: number; readonly paired: number };
  readonly destination: { readonly expected: number; readonly paired: number };
  readonly downtime: { readonly guest: string; readonly reported: string };
  readonly postcopy?: { readonly requests: readonly unknown[] };
}

async function read(name: string): Promise<{ account: Account; query: QueryMigrate }> {
  const dir = (file: string) => fixture(name, file);
  const files = ["--stream", dir("channel0.bin.gz"), "--source", dir("source.log")];
  const args = [...files, "--destination", dir("destination.log")];
  const events = ["--events", fixture("..", "..", "trace-events")];
  const { out } = await runCli(["analyze", ...args, ...events, "--format", "json"]);
  const query = JSON.parse(readFileSync(dir("query-migrate.json"), "utf8")) as QueryMigrate;
  return { account: JSON.parse(out) as Account, query };
}

const milliseconds = (nanoseconds: string) => Number(nanoseconds) / 1e6;

describe("the small set shows of a migration what query-migrate does", () => {
  test("precopy", async () => {
    const { account, query } = await read("small-set-precopy");
    expect(account.streamSize).toBe(query.ram.transferred);
    expect(Math.abs(milliseconds(account.downtime.reported) - query.downtime)).toBeLessThan(1);
    const total = milliseconds(account.end) - milliseconds(account.begin);
    expect(Math.abs(total - query["total-time"])).toBeLessThan(3);
    // The counter starts at 1; the last sync is for what is sent while the guest is stopped.
    expect(account.rounds).toHaveLength(query.ram["dirty-sync-count"] - 2);
    expect(account.outcome.state).toBe("completed");
    expect(account.problems).toEqual([]);
  });

  test("postcopy, with each page that the guest waited for", async () => {
    const { account, query } = await read("small-set-postcopy");
    expect(Math.abs(milliseconds(account.downtime.reported) - query.downtime)).toBeLessThan(1);
    expect(account.postcopy!.requests).toHaveLength(query.ram["postcopy-requests"]);
    expect(account.outcome.state).toBe("completed");
    expect(account.problems).toEqual([]);
  });

  test.each(["small-set-precopy", "small-set-postcopy"])(
    "%s: every item is matched that the set shows",
    async (name) => {
      const { source, destination } = (await read(name)).account;
      expect(source.paired).toBe(source.expected);
      expect(destination.paired).toBe(destination.expected);
    },
  );
});
