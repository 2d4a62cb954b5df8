import { once } from "node:events";
import { rm, stat } from "node:fs/promises";
import { createConnection, createServer, isIP, type Server, type Socket } from "node:net";
import { type Endpoint, endpointFailure } from "./endpoint.js";

/** The address to listen at when only a port is given: the endpoint itself must ask for others. */
const LOOPBACK = "127.0.0.1";

/** Connections of a migration: the main channel, up to 255 of multifd, and one for postcopy preempt. */
export const MAX_CONNECTIONS = 257;

/** Where a listener listens. */
export interface Listening {
  readonly endpoint: Endpoint;
  /** Whether other machines may connect: the address is not a loopback address. */
  readonly isExposed: boolean;
}

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
    server.maxConnections = MAX_CONNECTIONS;
    if (endpoint.kind === "unix") listenPrivately(server, endpoint.path);
    else server.listen({ port: endpoint.port, host: endpoint.host || LOOPBACK });
    await once(server, "listening").catch((error: unknown) => {
      throw endpointFailure("cannot listen at", endpoint, error);
    });
    // An accept that fails later (no descriptor left) must not end the process.
    server.on("error", () => {});
    return new Listener(server, endpoint);
  }

  /** Where it listens: with the port that the system chose, where 0 was asked for. */
  get listening(): Listening {
    const address = this.#server.address();
    if (this.#endpoint.kind === "unix" || address === null || typeof address === "string") {
      return { endpoint: this.#endpoint, isExposed: false };
    }
    const host = this.#endpoint.host || LOOPBACK;
    const endpoint = { ...this.#endpoint, host, port: address.port };
    return { endpoint, isExposed: !isLoopback(address.address) };
  }

  /** Takes no more connections; those there are stay open. */
  close(): void {
    this.#server.close();
  }
}

/** Creates the socket with mode 0600: connecting needs write permission, and the mode is the umask's. */
function listenPrivately(server: Server, path: string): void {
  const umask = process.umask(0o177);
  try {
    // Node binds a path at once, so that the mode is right from the beginning.
    server.listen(path);
  } finally {
    process.umask(umask);
  }
}

function isLoopback(address: string): boolean {
  if (isIP(address) === 6) return address === "::1" || /^::ffff:127\./i.test(address);
  return address.startsWith("127.");
}

/** QEMU, too, takes the place of a socket that is left over, but not of a file. */
async function removeStale(path: string): Promise<void> {
  const isSocket = await stat(path).then(
    (info) => info.isSocket(),
    () => false,
  );
  if (!isSocket) return;
  const socket = createConnection(path);
  // Another error, such as a missing permission, does not show that nobody listens there.
  const isStale = await once(socket, "connect").then(
    () => false,
    ({ code }: NodeJS.ErrnoException) => code === "ECONNREFUSED",
  );
  socket.destroy();
  if (isStale) await rm(path, { force: true });
}
