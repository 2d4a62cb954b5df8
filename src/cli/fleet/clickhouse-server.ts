import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { Failure } from "../io.js";

/** Tries of what fails for a reason that may pass, and milliseconds before the second one. */
const TRIES = 5;
const PAUSE = 200;

/** A server's codes for what may pass: timeouts, too many queries or parts, its network, read-only. */
const PASSING: ReadonlySet<number> = new Set([159, 164, 202, 209, 210, 241, 242, 252, 279, 319]);

/** A server of ClickHouse, spoken to over HTTP. Every method throws `Failure`. */
export class ClickhouseServer {
  readonly url: string;
  readonly #client: ClickHouseClient;

  constructor(url: string) {
    this.url = url;
    this.#client = createClient({
      url,
      ...credentials(),
      log: { level: ClickHouseLogLevel.OFF },
      request_timeout: 120_000,
      // On a cluster, rows have reached their shards when an INSERT returns.
      clickhouse_settings: { insert_distributed_sync: 1 },
    });
  }

  /** Whether it is a server of ClickHouse at all, and takes the user. */
  async check(): Promise<void> {
    const [row] = await this.rows<{ one: number }>("SELECT 1 AS one");
    if (row?.one !== 1) throw new Failure(`${this.url}: what answers there is no ClickHouse`);
  }

  async command(query: string): Promise<void> {
    await this.#try(() => this.#client.command({ query }));
  }

  async rows<T>(query: string): Promise<T[]> {
    return this.#try(async () => {
      const result = await this.#client.query({ query, format: "JSONEachRow" });
      return result.json<T>();
    });
  }

  /** Inserts rows. */
  async insert(table: string, values: readonly object[]): Promise<void> {
    const rows = values.map((value) => `${JSON.stringify(value)}\n`);
    await this.#try(async () => {
      // Not by `insert`, which does not look at the answer.
      const { stream } = await this.#client.exec({
        query: `INSERT INTO ${table} FORMAT JSONEachRow`,
        values: Readable.from(rows, { objectMode: false }),
      });
      const answer = (await text(stream)).trim();
      // What fails after the status was sent, 200, is reported in the body, which is empty otherwise.
      if (answer !== "") throw new Error(answer);
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #try<T>(run: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await run();
      } catch (error) {
        if (tries === TRIES || !mayPass(error)) throw new Failure(`${this.url}: ${reason(error)}`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE * 2 ** (tries - 1)));
      }
    }
  }
}

function credentials(): { username?: string; password?: string } {
  const { CLICKHOUSE_USER: username, CLICKHOUSE_PASSWORD: password } = process.env;
  return { ...(username && { username }), ...(password && { password }) };
}

function codeOf(error: unknown): number | undefined {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const told = /^Code: (\d+)/.exec(String(message))?.[1] ?? code;
  return /^\d+$/.test(String(told)) ? Number(told) : undefined;
}

function mayPass(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return PASSING.has(code);
  const { code: system } = error as NodeJS.ErrnoException;
  // Certificates that do not hold, names that are unknown, what is no server of ClickHouse's.
  return /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EAI_AGAIN)$/.test(String(system));
}

/** What the server or the system said, on one line. */
function reason(error: unknown): string {
  const { code, message = "" } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "no server answers there (connection refused)";
  if (code === "ENOTFOUND") return "no such host";
  const [words = ""] = message
    .replace(/^Code: \d+, e\.displayText\(\) = /, "")
    .split(/, e\.what\(\) =|\. ?Stack trace/);
  return words.replace(/\s+/g, " ").trim().slice(0, 400) || String(code);
}
