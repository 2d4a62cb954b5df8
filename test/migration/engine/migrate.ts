import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import { Writable } from "node:stream";
import { AsyncQueue } from "../../../src/cli/engine/async-queue.js";
import type { Machine } from "../../../src/migration/engine/machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import type {
  LoadResult,
  MigrationDestinationOptions,
  MigrationResult,
  MigrationSourceOptions,
} from "../../../src/migration/engine/migration-options.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";

/** Two ends of a connection within this process. */
export async function connection(): Promise<readonly [Socket, Socket]> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const near = createConnection(address.port, address.address);
  const [far] = await once(server, "connection");
  server.close();
  return [near, far];
}

/** A main channel, and further ones as the source opens them. */
export async function manyChannels() {
  const further = new AsyncQueue<Socket>();
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const connect = () => createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
  const near = connect();
  const [far] = (await once(server, "connection")) as [Socket];
  server.on("connection", (socket) => further.push(socket));
  const close = () => {
    further.end();
    server.close();
  };
  return { near, far, further, connect, close };
}

/** What became of both ends. */
export interface Outcome {
  readonly source: PromiseSettledResult<MigrationResult>;
  readonly destination: PromiseSettledResult<LoadResult>;
}

/** Runs both ends over a connection within this process, and waits for both, come what may. */
export async function migrate(
  source: MigrationSourceOptions,
  destination: MigrationDestinationOptions,
): Promise<Outcome> {
  const [near, far] = await connection();
  const [sent, loaded] = await Promise.allSettled([
    new MigrationSource(source).migrate(near),
    new MigrationDestination(destination).load(far),
  ]);
  return { source: sent, destination: loaded };
}

/** The results of a run that succeeded at both ends. */
export function succeeded({ source, destination }: Outcome): {
  readonly sent: MigrationResult;
  readonly loaded: LoadResult;
} {
  if (source.status === "rejected") throw source.reason;
  if (destination.status === "rejected") throw destination.reason;
  return { sent: source.value, loaded: destination.value };
}

/** What a machine's migration into a file writes there. */
export async function streamOf(machine: Machine): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const write = (chunk: Buffer, _: unknown, done: () => void) => {
    chunks.push(chunk);
    done();
  };
  await new MigrationSource({ machine }).migrate(new Writable({ write }));
  return Buffer.concat(chunks);
}
