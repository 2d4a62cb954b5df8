import { clickhouseStatements, insertTable, VERSION_TABLE } from "../../fleet/clickhouse.js";
import { clickhouseRow } from "../../fleet/clickhouse-row.js";
import type { RecordingPlace } from "../../fleet/recorded.js";
import {
  type Rows,
  SCHEMA_VERSION,
  type TableName,
  tableNames,
  type Value,
} from "../../fleet/schema.js";
import { Failure } from "../io.js";
import { ClickhouseServer } from "./clickhouse-server.js";
import type { ExportTarget } from "./export-plan.js";
import { shownUrl } from "./shown-url.js";
import type { FleetSink } from "./sink.js";

/** Rows that are held back at most, in all tables. */
const MAX_ROWS = 50_000;
/** Milliseconds after which they are sent all the same. */
const MAX_AGE = 30_000;

type ClickhouseTarget = Extract<ExportTarget, { kind: "clickhouse" }>;

/**
 * Rows to a server of ClickHouse or a cluster of them, in batches. A recording is there once its
 * row in `migrations` is, which is sent last.
 */
export class ClickhouseSink implements FleetSink {
  readonly #servers: readonly ClickhouseServer[];
  readonly #database: string;
  readonly #cluster: string | undefined;
  readonly #held = new Map<TableName, object[]>();
  readonly #new = new Set<string>();
  #size = 0;
  #begun = Date.now();

  private constructor(
    servers: readonly ClickhouseServer[],
    database: string,
    cluster: string | undefined,
  ) {
    this.#servers = servers;
    this.#database = database;
    this.#cluster = cluster;
  }

  /** Makes the tables and views where they are not there yet. Throws `Failure`. */
  static async open({ urls, cluster }: ClickhouseTarget): Promise<ClickhouseSink> {
    const { servers, database } = connect(urls);
    if (cluster === undefined && servers.length > 1) {
      throw new Failure("several servers are of a cluster: give its name by --cluster");
    }
    if (cluster !== undefined) checkName(cluster, "a cluster");
    for (const server of servers) await server.check();
    const onCluster = cluster !== undefined && (await hasMoreServers(servers, cluster));
    for (const server of onCluster ? servers.slice(0, 1) : servers) {
      await makeTables(server, database, cluster, onCluster);
    }
    return new ClickhouseSink(servers, database, cluster);
  }

  async has(recording: string): Promise<boolean> {
    if (this.#new.has(recording)) return true;
    const rows = await this.#server.rows(
      `SELECT recording FROM ${this.#table("migrations")} WHERE recording = '${recording}' LIMIT 1`,
    );
    return rows.length > 0;
  }

  async add(place: RecordingPlace, rows: Partial<Rows>): Promise<void> {
    if (rows.migrations) this.#new.add(place.recording);
    for (const [table, some] of Object.entries(rows) as [TableName, Rows[TableName]][]) {
      const held = this.#held.get(table) ?? [];
      this.#held.set(table, held);
      for (const row of some) {
        held.push(clickhouseRow(table, row as Readonly<Record<string, Value>>, place));
      }
      this.#size += some.length;
    }
    if (this.#size > MAX_ROWS || Date.now() - this.#begun > MAX_AGE) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  async #flush(): Promise<void> {
    for (const table of [
      ...tableNames.filter((name) => name !== "migrations"),
      "migrations",
    ] as const) {
      const rows = this.#held.get(table) ?? [];
      if (rows.length > 0) await this.#server.insert(this.#table(table), rows);
    }
    this.#held.clear();
    this.#new.clear();
    this.#size = 0;
    this.#begun = Date.now();
  }

  /** Every server takes rows of all shards and passes them on. */
  get #server(): ClickhouseServer {
    return this.#servers[0]!;
  }

  #table(table: TableName): string {
    return `${this.#database}.${insertTable(table, this.#cluster)}`;
  }
}

/** The servers that URLs name, and the database that the path of the first one does. */
function connect(urls: readonly string[]): { servers: ClickhouseServer[]; database: string } {
  const parsed = urls.map(parseUrl);
  const database = parsed[0]?.pathname.slice(1) || "qtrace";
  checkName(database, "a database");
  return { servers: parsed.map(({ origin }) => new ClickhouseServer(origin)), database };
}

function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Failure(`${shownUrl(text)} is no URL such as https://db.example:8443`);
  }
  if (!["http:", "https:"].includes(url.protocol))
    throw new Failure(`${shownUrl(text)}: only http and https`);
  if (url.username || url.password) {
    throw new Failure(
      `${url.host}: the user and the password belong in CLICKHOUSE_USER and CLICKHOUSE_PASSWORD, not into the URL`,
    );
  }
  if (url.protocol === "https:" && process.env.NODE_TLS_REJECT_UNAUTHORIZED === "0") {
    throw new Failure(
      `${shownUrl(text)}: NODE_TLS_REJECT_UNAUTHORIZED=0 is not heeded; name the CA's file in NODE_EXTRA_CA_CERTS`,
    );
  }
  return url;
}

/** Names stand in statements as they are. */
function checkName(name: string, what: string): void {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new Failure(`${name} is no name of ${what}`);
}

/** Whether the cluster has servers that were not named. Throws `Failure` if there is no such cluster. */
async function hasMoreServers(
  servers: readonly ClickhouseServer[],
  cluster: string,
): Promise<boolean> {
  const [server] = servers;
  const all = await server!.rows<{ cluster: string; hosts: string }>(
    "SELECT cluster, count() AS hosts FROM system.clusters GROUP BY cluster ORDER BY cluster",
  );
  const found = all.find((row) => row.cluster === cluster);
  if (!found) {
    const names = all.map((row) => row.cluster).join(", ") || "none";
    throw new Failure(`${server!.url}: no cluster ${cluster}; there is ${names}`);
  }
  return Number(found.hosts) > servers.length;
}

async function makeTables(
  server: ClickhouseServer,
  database: string,
  cluster: string | undefined,
  onCluster: boolean,
): Promise<void> {
  for (const statement of clickhouseStatements(database, cluster, onCluster)) {
    await server.command(statement).catch((error: unknown) => {
      if (!onCluster || !(error instanceof Failure)) throw error;
      throw new Failure(
        `${error.message}; the cluster ${cluster} has further servers: give the URL of one of each shard`,
      );
    });
  }
  const [row] = await server.rows<{ version: number; rows: string }>(
    `SELECT max(version) AS version, count() AS rows FROM ${database}.${VERSION_TABLE}`,
  );
  if (Number(row!.rows) === 0) {
    await server.insert(`${database}.${VERSION_TABLE}`, [{ version: SCHEMA_VERSION }]);
  } else if (row!.version !== SCHEMA_VERSION) {
    throw new Failure(
      `${server.url}: ${database} has tables of version ${row!.version}; this qtrace knows version ${SCHEMA_VERSION}`,
    );
  }
}
