/** A server of ClickHouse that is killed while rows are inserted: nothing is claimed that is not there. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { SCHEMA_VERSION } from "../../../src/fleet/schema.js";
import { runCli } from "../../support/cli.js";
import { fixture } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";

const recording = fixture("microvm-file");
const events = ["--events", join(repoRoot, "trace-events")];

type Insert = (request: IncomingMessage, response: ServerResponse, die: () => void) => void;

/** Speaks just the HTTP interface; each `recording` that reached `migrations` is there. */
class Stand {
  readonly tables = new Map<string, string[]>();
  readonly #server: Server;
  /** What happens to inserts, instead of taking the rows. */
  insert: Insert | undefined;

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = new URL(request.url!, "http://h").searchParams.get("query") ?? "";
    const table = /^INSERT INTO \w+\.(\w+)/.exec(asked.trim())?.[1];
    if (table !== undefined && table !== "schema_version" && this.insert) {
      return this.insert(request, response, () => this.close());
    }
    let text = "";
    try {
      for await (const chunk of request) text += chunk;
    } catch {
      return;
    }
    if (table !== undefined) {
      this.tables.set(table, [...(this.tables.get(table) ?? []), ...text.trim().split("\n")]);
      response.end();
      return;
    }
    const query = asked || text;
    const migrations = this.tables.get("migrations_local") ?? [];
    const known = /WHERE recording = '(\w+)'/.exec(query)?.[1];
    if (/^SELECT 1/.test(query)) response.end('{"one":1}\n');
    else if (/max\(version\)/.test(query)) {
      response.end(
        `{"version":${SCHEMA_VERSION},"rows":"${this.tables.has("schema_version") ? 1 : 0}"}\n`,
      );
    } else if (known) {
      const there = migrations.some((row) => JSON.parse(row).recording === known);
      response.end(there ? `{"recording":"${known}"}\n` : "");
    } else response.end();
  }
}

const stands: Stand[] = [];
afterAll(() => {
  for (const stand of stands) stand.close();
});

function stand(tables?: Stand["tables"]): Stand {
  const made = new Stand();
  stands.push(made);
  for (const [name, rows] of tables ?? []) made.tables.set(name, rows);
  return made;
}

const EXCEPTION = "Code: 241, e.displayText() = DB::Exception: Memory limit exceeded\n";

// Most of the time goes by between the tries, so all of them wait together.
describe.concurrent("a server that dies during an insert", () => {
  test.each<[string, Insert]>([
    ["in the middle of the request's body", (request, _, die) => void request.once("data", die)],
    ["before it answers", (request, _, die) => void request.resume().once("end", die)],
    [
      "in the middle of its answer",
      (request, response, die) =>
        void request.resume().once("end", () => {
          response.writeHead(200, { "content-length": 100 });
          response.write("x", die);
        }),
    ],
    [
      "with an exception after status 200",
      (request, response, die) =>
        void request.resume().once("end", () => {
          response.writeHead(200);
          response.end(EXCEPTION, die);
        }),
    ],
    [
      "with an exception after status 200, which stays",
      (request, response) =>
        void request
          .resume()
          .once("end", () => void response.writeHead(200).end(EXCEPTION.replace("241", "60"))),
    ],
  ])(
    "%s: one error, and a second run completes",
    async (_, insert) => {
      const dying = stand();
      dying.insert = insert;
      const url = (port: number) => `http://127.0.0.1:${port}`;
      const port = await dying.listen();
      const run = () =>
        runCli(["export", recording, ...events, "--jobs", "1", "--to", "clickhouse", url(port)]);
      const { code, out, err } = await run();
      expect([code, out]).toEqual([2, ""]);
      const lines = err.split("\n").filter((line) => !line.includes("no host is told"));
      expect(lines).toEqual([expect.stringMatching(/^qtrace: http:\/\/127\.0\.0\.1:\d+: \S/), ""]);
      expect(dying.tables.has("migrations_local")).toBe(false);
      dying.close();

      const again = stand(dying.tables);
      await again.listen(port);
      expect(await run()).toMatchObject({
        code: 0,
        out: "recordings: 1 exported, 0 there already, 0 left out\n",
      });
      // Rows are the same by their key as those of the first run, so that the server merges them.
      expect(again.tables.get("migrations_local")).toHaveLength(1);
      expect(await run()).toMatchObject({
        code: 0,
        out: "recordings: 0 exported, 1 there already, 0 left out\n",
      });
      expect(again.tables.get("migrations_local")).toHaveLength(1);
    },
    60_000,
  );
});
