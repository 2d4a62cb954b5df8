import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { ClickhouseServer } from "../../../src/cli/fleet/clickhouse-server.js";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server of its own making, that counts what it is asked. */
async function answering(listener: (request: number) => RequestListener) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume().on("end", () => listener(requests)(request, response));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { clickhouse: new ClickhouseServer(`http://127.0.0.1:${port}`), requests: () => requests };
}

const ok: RequestListener = (_, response) => void response.writeHead(200).end('{"one":1}\n');
const error =
  (code: number, words: string): RequestListener =>
  (_, response) =>
    void response.writeHead(500).end(`Code: ${code}, e.displayText() = DB::Exception: ${words}`);

test.each([
  [202, "Too many simultaneous queries"],
  [252, "Too many parts"],
  [242, "Table is in readonly mode"],
])("error %i, %s, is waited out", async (code, words) => {
  const { clickhouse, requests } = await answering((request) =>
    request < 3 ? error(code, words) : ok,
  );
  await clickhouse.check();
  expect(requests()).toBe(3);
  await clickhouse.close();
});

test("a connection that breaks is made again", async () => {
  const { clickhouse, requests } = await answering((request) =>
    request === 1
      ? (incoming) => void incoming.socket.destroy()
      : (_, response) => void response.end(),
  );
  await clickhouse.insert("migrations", [{ recording: "a" }]);
  expect(requests()).toBe(2);
  await clickhouse.close();
});

test("what will not pass is told at once", async () => {
  const { clickhouse, requests } = await answering(() => error(60, "Table a.b doesn't exist."));
  await expect(clickhouse.command("SELECT 1")).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:\d+: DB::Exception: Table a\.b doesn't exist\.$/,
  );
  expect(requests()).toBe(1);
  await clickhouse.close();
});
