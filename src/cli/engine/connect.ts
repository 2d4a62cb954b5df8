import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { type Endpoint, endpointFailure } from "./endpoint.js";

/**
 * Connects to whoever listens there; both ways can be closed on their own. Throws `Failure` with
 * the reason, also if nobody has answered after `timeout` milliseconds or the signal comes first.
 */
export async function connect(
  endpoint: Endpoint,
  timeout: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<Socket> {
  const socket = createConnection({ ...addressOf(endpoint), allowHalfOpen: true });
  const timer = setTimeout(() => socket.destroy(new Error(`no answer in ${timeout} ms`)), timeout);
  try {
    await once(socket, "connect", { signal });
  } catch (error) {
    socket.on("error", () => {}).destroy();
    const reason: unknown = (signal.aborted && signal.reason) || error;
    throw endpointFailure("cannot connect to", endpoint, reason);
  } finally {
    clearTimeout(timer);
  }
  return socket.setNoDelay(true);
}

function addressOf(endpoint: Endpoint): { path: string } | { host: string; port: number } {
  if (endpoint.kind === "unix") return { path: endpoint.path };
  return { host: endpoint.host || "localhost", port: endpoint.port };
}
