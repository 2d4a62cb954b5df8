import { once } from "node:events";
import { rm, stat } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { type Endpoint, endpointFailure } from "./endpoint.js";

/** Waits for connections at an endpoint. */
export class Listener {
  readonly #server: Server;
  readonly #endpoint: Endpoint;

  private constructor(server: Server, endpoint: Endpoint) {
    this.#server = server;
    this.#endpoint = endpoint;
  }

  /**
   * Begins to listen; `take` gets each connection, whose ways can be closed on their own. A socket
   * that nobody listens at any more is replaced. Throws `Failure` with the reason.
   */
  static async open(endpoint: Endpoint, take: (socket: Socket) => void): Promise<Listener> {
    if (endpoint.kind === "unix") await removeStale(endpoint.path);
    const server = createServer({ allowHalfOpen: true, noDelay: true }, take);
    if (endpoint.kind === "unix") listenPrivately(server, endpoint.path);
    else server.listen({ port: endpoint.port, ...(endpoint.host && { host: endpoint.host }) });
    await once(server, "listening").catch((error: unknown) => {
      throw endpointFailure("cannot listen at", endpoint, error);
    });
    // An accept that fails later (no descriptor left) must not end the process.
    server.on("error", () => {});
    return new Listener(server, endpoint);
  }

  /** Where it listens: with the port that the system chose, where 0 was asked for. */
  get endpoint(): Endpoint {
    const address = this.#server.address();
    if (this.#endpoint.kind === "unix" || address === null || typeof address === "string") {
      return this.#endpoint;
    }
    return { ...this.#endpoint, port: address.port };
  }

  /** Takes no more connections; those there are stay open. */
  close(): void {
    this.#server.close();
  }
}

/** Whoever can connect can send a migration: the socket has mode 0600, from the start. */
function listenPrivately(server: Server, path: string): void {
  const umask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
}

/** QEMU, too, takes the place of a socket that is left over, but not of a file. */
async function removeStale(path: string): Promise<void> {
  const isSocket = await stat(path).then(
    (info) => info.isSocket(),
    () => false,
  );
  if (!isSocket) return;
  const socket = createConnection(path);
  const isAlive = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  if (!isAlive) await rm(path, { force: true });
}
