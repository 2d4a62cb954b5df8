import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { afterAll, describe, expect, test, vi } from "vitest";
import { SCHEMA_VERSION } from "../../../src/fleet/schema.js";
import { runCli } from "../../support/cli.js";
import { fixture } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-export-"));
afterAll(() => rmSync(work, { recursive: true }));

const events = ["--events", join(repoRoot, "trace-events")];
let folders = 0;
const folder = () => join(work, `${folders++}`);

/** A copy of the recording of a real QEMU, to be broken. */
function recording(parent = folder(), name = "microvm"): string {
  const copy = join(parent, name);
  cpSync(fixture("microvm-file"), copy, { recursive: true });
  return copy;
}

const exportTo = (dataSet: string, ...args: string[]) =>
  runCli(["export", ...args, "--output", dataSet, ...events]);

/** The rows of a table, by a reader that is not DuckDB. */
async function rows(dataSet: string, table: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (const file of readdirSync(join(dataSet, table), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".parquet")) continue;
    const bytes = new Uint8Array(readFileSync(join(dataSet, table, file)));
    found.push(...(await parquetReadObjects({ file: bytes.buffer as ArrayBuffer })));
  }
  return found;
}

describe("export", () => {
  test("lays a recording out by day and host", async () => {
    const dataSet = folder();
    const told = await exportTo(dataSet, recording(), "--host", "host1", "--date", "2026-11-24");
    expect(told).toEqual({
      code: 0,
      out: "recordings: 1 exported, 0 there already, 0 left out\n",
      err: "",
    });
    const files = readdirSync(join(dataSet, "items"), { recursive: true, encoding: "utf8" });
    expect(files.at(-1)).toMatch(/^date=2026-11-24\/host=host1\/[\w-]+\.parquet$/);
    expect(await rows(dataSet, "items")).toHaveLength(22);
    expect((await rows(dataSet, "migrations"))[0]).toMatchObject({
      machine: "microvm",
      version: "10.2.2",
      status: "completed",
    });
    expect(readdirSync(join(dataSet, ".staging"))).toEqual([]);
  });

  test("takes the host and the time from recording.json, and says where none is told", async () => {
    const [dataSet, told] = [folder(), recording()];
    writeFileSync(join(told, "recording.json"), '{"host":"host7","time":"2026-01-02T03:04:05Z"}');
    expect((await exportTo(dataSet, told)).err).toBe("");
    expect(readdirSync(join(dataSet, "items", "date=2026-01-02"))).toEqual(["host=host7"]);
    const other = recording();
    writeFileSync(join(other, "recording.json"), "not json");
    writeFileSync(join(other, "source.simpletrace"), "");
    expect((await exportTo(folder(), other)).err).toContain(
      "no host is told by 1 of 1 recordings; see --host",
    );
  });

  test("the same recording is one, whatever its folder is called", async () => {
    const dataSet = folder();
    const parent = folder();
    recording(parent, "one");
    recording(parent, "two");
    const { out } = await exportTo(dataSet, parent);
    expect(out).toBe("recordings: 1 exported, 1 there already, 0 left out\n");
    expect((await exportTo(dataSet, parent)).out).toBe(
      "recordings: 0 exported, 2 there already, 0 left out\n",
    );
    expect(await rows(dataSet, "migrations")).toHaveLength(1);
  });

  test("a broken recording is told, left out, and in the damage table once", async () => {
    const dataSet = folder();
    const parent = folder();
    recording(parent, "whole");
    const broken = recording(parent, "broken");
    const stream = readFileSync(join(broken, "stream.bin"));
    stream[0x2000] = 0x77;
    stream.fill(0x99, 60, 90);
    writeFileSync(join(broken, "stream.bin"), stream);
    const empty = join(parent, "empty");
    mkdirSync(empty);
    writeFileSync(join(empty, "recording.json"), "{}");
    for (const exported of [1, 0]) {
      const { code, out, err } = await exportTo(dataSet, parent);
      expect(code).toBe(1);
      expect(out).toMatch(new RegExp(`^recordings: ${exported} exported, .*, 2 left out`));
      expect(err).toContain(`${join(broken, "stream.bin")}: `);
      expect(err).toContain(
        `${empty}: no stream.bin or channel0.bin, and no trace of either side in it; left out`,
      );
      const damage = await rows(dataSet, "damage");
      expect(damage.map(({ name, skipped }) => ({ name, skipped }))).toEqual([
        { name: "broken", skipped: true },
        { name: "empty", skipped: true },
      ]);
      expect(await rows(dataSet, "migrations")).toHaveLength(1);
    }
    const salvaged = await exportTo(dataSet, broken, "--salvage");
    expect(salvaged.code).toBe(0);
    expect((await rows(dataSet, "migrations")).map(({ damaged }) => damaged)).toEqual([
      false,
      true,
    ]);
  });

  test("a stream that cannot be read leaves the traces' analysis, and a row of damage", async () => {
    const dataSet = folder();
    const encrypted = recording();
    writeFileSync(join(encrypted, "stream.bin"), Buffer.from("16030101900100018c0303", "hex"));
    const { code, out, err } = await exportTo(dataSet, encrypted);
    expect([code, out]).toEqual([0, "recordings: 1 exported, 0 there already, 0 left out\n"]);
    expect(err).toMatch(/^qtrace: .*microvm\/stream\.bin: the channel is encrypted .*TLS.*\n/);
    expect(await rows(dataSet, "damage")).toMatchObject([
      { file: "stream.bin", message: expect.stringContaining("TLS"), skipped: false },
    ]);
    const whole = folder();
    await exportTo(whole, recording());
    const [expected] = await rows(whole, "migrations");
    const { downtime_ns, reported_ns, status } = expected!;
    expect(await rows(dataSet, "migrations")).toMatchObject([
      { downtime_ns, reported_ns, status, damaged: true },
    ]);
  });

  test("--event keeps the events of a pattern", async () => {
    const dataSet = folder();
    await exportTo(dataSet, recording(), "--event", "savevm_*");
    const kept = await rows(dataSet, "events");
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.every(({ event }) => String(event).startsWith("savevm_"))).toBe(true);
  });

  test("--pages writes each migration's own page, later too", async () => {
    const [dataSet, told] = [folder(), recording()];
    await exportTo(dataSet, told);
    const { out } = await exportTo(dataSet, told, "--pages");
    expect(out).toBe("recordings: 0 exported, 1 there already, 0 left out\n");
    const [{ recording: key } = {}] = await rows(dataSet, "migrations");
    const page = readFileSync(join(dataSet, "pages", `${key}.html`), "utf8");
    expect(page).toContain("<title>microvm – qtrace</title>");
    expect(await rows(dataSet, "migrations")).toHaveLength(1);
  });

  test("clears away what a killed export left of a part", async () => {
    const [dataSet, told] = [folder(), recording()];
    await exportTo(dataSet, told, "--host", "h", "--date", "2026-11-24");
    const partition = "date=2026-11-24/host=h";
    const [part] = readdirSync(join(dataSet, "items", partition));
    const nobody = (2 ** 22 + 1).toString(36);
    const [late, soon] = [`0-${nobody}-0-0-late`, `0-${nobody}-0-1-soon`];
    cpSync(
      join(dataSet, "items", partition, part!),
      join(dataSet, "items", partition, `${late}.parquet`),
    );
    const staging = (killed: string) => {
      const place = join(dataSet, ".staging", `${killed}.${encodeURIComponent(hostname())}`);
      mkdirSync(place, { recursive: true });
      return place;
    };
    writeFileSync(join(staging(late), "partition"), partition);
    staging(soon);
    await exportTo(dataSet, told);
    expect(readdirSync(join(dataSet, "items", partition))).toEqual([part]);
    expect(readdirSync(join(dataSet, ".staging"))).toEqual([]);
  });
});

describe("what export cannot do is one line and exit code 2", () => {
  const ours = recording();
  const old = folder();
  mkdirSync(old);
  writeFileSync(join(old, "dataset.json"), '{"format":"qtrace data set","version":7}');
  const foreign = folder();
  mkdirSync(foreign);
  writeFileSync(join(foreign, "thesis.tex"), "");
  const nothing = folder();
  mkdirSync(nothing);

  test.each<[string, string[], string]>([
    ["a missing folder", ["/nowhere", "--output", folder()], "/nowhere: no such file or folder"],
    [
      "a folder without a recording",
      [nothing, "--output", folder()],
      `${nothing}: no recording in it or below`,
    ],
    [
      "another version",
      [ours, "--output", old],
      `${old} is a data set of version 7; this qtrace knows version ${SCHEMA_VERSION}`,
    ],
    [
      "a folder of something else",
      [ours, "--output", foreign],
      `${foreign} is no data set and not empty`,
    ],
    ["no target", [ours], "give --output DATASET, or --to clickhouse URL"],
    [
      "two targets",
      [ours, "--output", "x", "--to", "clickhouse", "http://h"],
      "--output and --to exclude each other",
    ],
    [
      "another database",
      [ours, "--to", "oracle", "http://h"],
      "--to oracle: only clickhouse is known",
    ],
    ["no server", [ours, "--to", "clickhouse"], "--to clickhouse: the URL of a server is missing"],
    [
      "no URL",
      [ours, "--to", "clickhouse", "db1"],
      "db1 is no URL such as https://db.example:8443",
    ],
    [
      "a password in the URL",
      [ours, "--to", "clickhouse", "http://lab:secret@db1:8123"],
      "db1:8123: the user and the password belong in CLICKHOUSE_USER and CLICKHOUSE_PASSWORD, not into the URL",
    ],
    [
      "a server that is away",
      [ours, "--to", "clickhouse", "http://127.0.0.1:9"],
      "http://127.0.0.1:9: no server answers there (connection refused)",
    ],
    [
      "missing declarations",
      [ours, "--output", folder(), "--events", "/nowhere"],
      "/nowhere: no such file or folder",
    ],
  ])("%s", async (_, args, line) => {
    const { code, out, err } = await runCli(["export", ...args]);
    expect({ code, out, err }).toEqual({ code: 2, out: "", err: `qtrace: ${line}\n` });
  });

  test.each([
    ["ftp://user:s3cr3t@h", "ftp://***@h: only http and https"],
    ["user:s3cr3t@host", "***@host: only http and https"],
    ["http://user:s3cr3t@[bad", "http://***@[bad is no URL"],
    ["HTTP://a:s3cr3t@127.0.0.1:99999", "HTTP://***@127.0.0.1:99999 is no URL"],
    ["http://a:s3cr3t/with@signs@h:x", "http://***@h:x is no URL"],
    ["http://h:x/?user=a&password=s3cr3t", "http://h:x/?*** is no URL"],
    ["https://h/?password=s3cr3t", "https://h/?***: NODE_TLS_REJECT_UNAUTHORIZED=0 is not"],
  ])("no password of a mistaken URL: %s", async (url, message) => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const { code, err } = await runCli(["export", ours, "--to", "clickhouse", url]);
    vi.unstubAllEnvs();
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    expect(err).not.toContain("s3cr3t");
  });

  test("no password of a URL in place of the target's kind", async () => {
    const { code, err } = await runCli(["export", ours, "--to", "http://a:s3cr3t@h"]);
    expect([code, err]).toEqual([2, "qtrace: --to http://***@h: only clickhouse is known\n"]);
  });

  test.each([
    [200, "ok", "what answers there is no ClickHouse"],
    [502, "bad gateway", "bad gateway"],
  ])("a server of something else, which answers %i", async (status, text, line) => {
    const server = createServer((_, response) => response.writeHead(status).end(text));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const { code, err } = await runCli(["export", ours, "--to", "clickhouse", url]);
    server.close();
    expect({ code, err }).toEqual({ code: 2, err: `qtrace: ${url}: ${line}\n` });
  });
});
