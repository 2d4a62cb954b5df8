import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Servers of ClickHouse on the loopback, one a shard of the cluster `lab`. */
export interface ClickhouseCluster {
  readonly name: "lab";
  readonly urls: readonly string[];
  readonly user: "lab";
  readonly password: "secret";
  readonly stop: () => Promise<void>;
}

interface Ports {
  readonly http: number;
  readonly tcp: number;
}

/** Starts servers with folders of their own, and waits until they answer. */
export async function startClickhouse(server: string, shards: number): Promise<ClickhouseCluster> {
  const work = mkdtempSync(join(tmpdir(), "qtrace-clickhouse-"));
  const ports = await Promise.all(Array.from({ length: shards }, freePorts));
  const processes = ports.map((own, index) => start(server, join(work, `${index}`), own, ports));
  const stop = async () => {
    await Promise.all(processes.map(end));
    rmSync(work, { recursive: true, force: true });
  };
  const urls = ports.map(({ http }) => `http://127.0.0.1:${http}`);
  try {
    for (const url of urls) await answers(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: "lab", urls, user: "lab", password: "secret", stop };
}

async function freePorts(): Promise<Ports> {
  const [http, tcp] = await Promise.all([freePort(), freePort()]);
  return { http, tcp };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function start(server: string, folder: string, own: Ports, all: readonly Ports[]): ChildProcess {
  mkdirSync(join(folder, "data"), { recursive: true });
  writeFileSync(join(folder, "config.xml"), configuration(folder, own, all));
  writeFileSync(join(folder, "users.xml"), USERS);
  return spawn(server, ["--config-file=config.xml"], { cwd: folder, stdio: "ignore" });
}

function configuration(folder: string, { http, tcp }: Ports, all: readonly Ports[]): string {
  const shards = all.map(
    (shard) =>
      `<shard><replica><host>127.0.0.1</host><port>${shard.tcp}</port><user>lab</user><password>secret</password></replica></shard>`,
  );
  return `<yandex>
<logger><level>none</level><console>1</console></logger>
<http_port>${http}</http_port><tcp_port>${tcp}</tcp_port><listen_host>127.0.0.1</listen_host>
<path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
<user_files_path>${folder}/files/</user_files_path><users_config>users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>67108864</mark_cache_size><timezone>UTC</timezone>
<remote_servers><lab>${shards.join("")}</lab></remote_servers>
</yandex>
`;
}

const USERS = `<yandex>
<profiles><default><max_threads>2</max_threads></default></profiles>
<users><lab><password>secret</password><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota></lab>
<default><password>nobody</password><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota></default></users>
<quotas><default/></quotas>
</yandex>
`;

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(`${url}/ping`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no server of ClickHouse answers at ${url}`);
}

function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    process.once("exit", () => resolve());
    process.kill("SIGKILL");
  });
}
