import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname, isAbsolute } from "node:path";
import { Failure } from "../io.js";

/** Where one end of a migration is to be found. */
export type Endpoint =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** Bytes of a Unix socket's path, which ends in a zero (Linux: sockaddr_un). */
const MAX_SOCKET_PATH = 107;

/** Reads `HOST:PORT`, `[IPV6]:PORT`, `tcp:HOST:PORT` or `unix:PATH`, as QEMU has them. */
export function parseEndpoint(text: string): Endpoint {
  const [, path] = /^unix:(.+)$/.exec(text) ?? [];
  if (path !== undefined) return { kind: "unix", path: checked(path) };
  const tcp = /^(?:tcp:)?(?:\[([^\]]*)\]|([^:[\]]*)):(\d+)$/.exec(text);
  const port = Number(tcp?.[3]);
  if (!tcp || port > 65535) {
    const hint = isAbsolute(text) ? `; a socket in the file system is unix:${text}` : "";
    throw new Failure(`${text}: neither HOST:PORT nor unix:PATH${hint}`);
  }
  return { kind: "tcp", host: tcp[1] ?? tcp[2] ?? "", port };
}

/** Node would take a longer path for one that is cut off. */
function checked(path: string): string {
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return path;
  throw new Failure(`unix:${path}: a socket's path has ${MAX_SOCKET_PATH} bytes at most`);
}

/** An endpoint as it is given on a command line. */
export function endpointName(endpoint: Endpoint): string {
  if (endpoint.kind === "unix") return `unix:${endpoint.path}`;
  const { host, port } = endpoint;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What to warn of when other machines may connect. */
export function exposureWarning(endpoint: Endpoint): string {
  return (
    `warning: other machines may be able to connect to ${endpointName(endpoint)}, and the migration ` +
    "protocol has no authentication; use 127.0.0.1:PORT or unix:PATH to prevent that"
  );
}

/** Why something with an endpoint failed, in the words of a user. */
export function endpointFailure(what: string, endpoint: Endpoint, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nobody listens there",
    ENOENT: "no such socket",
    EADDRINUSE: "it is in use",
    EADDRNOTAVAIL: "not an address of this machine",
    EACCES: "permission denied",
    ENOTFOUND: "no such host",
    ETIMEDOUT: "no answer",
    EINVAL: "not a path that a socket can have",
  };
  const known = isWithoutFolder(endpoint) ? "no such folder" : code && reasons[code];
  return new Failure(`${what} ${endpointName(endpoint)}: ${known ?? message}`);
}

/** Of which Node only tells that permission is denied. */
function isWithoutFolder(endpoint: Endpoint): boolean {
  return endpoint.kind === "unix" && !existsSync(dirname(endpoint.path));
}

/** Whether the other end of a connection is on this host: a Unix socket, or one address at both ends. */
export function isFromThisHost({ localAddress, remoteAddress }: Socket): boolean {
  if (remoteAddress === undefined) return localAddress === undefined;
  return remoteAddress === localAddress || /^(::ffff:)?127\./.test(remoteAddress);
}
