import { describe, expect, test } from "vitest";
import { SimpleSink } from "../../src/runtime/simple-sink.js";
import type { ArgumentValue } from "../../src/runtime/trace-event.js";
import { modelsOf, traceEventsOf } from "./trace-events-of.js";

const [ping, page] = traceEventsOf(
  modelsOf("ping(void)\nram_page(const char *id, int n, bool last)\n"),
);

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const header = "ffffffffffffffff" + "b429a40acb77b1f2" + "0400000000000000";

/** What a sink writes of a few calls, in hexadecimal, without its header. */
function written(...calls: (readonly [event: typeof ping, ...values: ArgumentValue[]])[]): string {
  let text = "";
  const sink = new SimpleSink({
    write: (bytes: Uint8Array) => (text += hex(bytes)),
    clock: () => 0x0102030405060708n,
    pid: 0x1267,
  });
  for (const [event, ...values] of calls) sink.write(event!, values);
  sink.flush();
  expect(text.startsWith(header)).toBe(true);
  return text.slice(header.length);
}

const head = (id: string, length: string) =>
  `0100000000000000${id}0807060504030201${length}67120000`;

describe("the bytes of simpletrace 4", () => {
  test("a mapping is type 0, id, length, name", () => {
    let text = "";
    const sink = new SimpleSink({ write: (bytes: Uint8Array) => (text += hex(bytes)) });
    sink.define(page!);
    sink.flush();
    const name = Buffer.from("ram_page").toString("hex");
    expect(text).toBe(`${header}0000000000000000010000000000000008000000${name}`);
  });

  test("a record is type 1, id, time, length from the id on, pid", () => {
    expect(written([ping])).toBe(head("0000000000000000", "18000000"));
  });

  test("an integer is 64 bits with its sign, a bool 0 or 1, a string its length and bytes", () => {
    expect(written([page, "é", -2, true])).toBe(
      `${head("0100000000000000", "2e000000")}02000000c3a9feffffffffffffff0100000000000000`,
    );
  });

  test("a null string is as an empty one", () => {
    expect(written([page, null, 0, false])).toBe(written([page, "", 0, false]));
  });

  test("a string is cut at 512 bytes", () => {
    expect(written([page, "x".repeat(513), 0, false])).toBe(
      written([page, "x".repeat(512), 0, false]),
    );
    expect(written([page, "x".repeat(512), 0, false])).toContain("00020000");
  });

  test("an argument that is missing is 0, or null", () => {
    expect(written([page])).toBe(written([page, null, 0, false]));
  });
});

describe("a writer that is slow", () => {
  test("loses what there is no room for; a record tells how much before the next one", async () => {
    const chunks: Uint8Array[] = [];
    let ready = () => {};
    const sink = new SimpleSink({
      write: (bytes: Uint8Array) => {
        chunks.push(bytes);
        return new Promise<void>((resolve) => {
          ready = resolve;
        });
      },
      clock: () => 0n,
      bufferSize: 1,
      backlog: 0,
    });
    for (let count = 0; count < 1000; count++) sink.write(ping!, []);
    ready();
    await Promise.resolve().then(() => {});
    sink.write(ping!, []);
    sink.flush();
    const bytes = Buffer.concat(chunks);
    const dropped = bytes.indexOf(Buffer.from("0100000000000000feffffffffffffff", "hex"));
    expect(dropped).toBeGreaterThan(0);
    const lost = Number(bytes.readBigUInt64LE(dropped + 32));
    const kept = (bytes.length - 24 - 40) / 32;
    expect(kept + lost).toBe(1001);
    expect(lost).toBeGreaterThan(0);
  });

  test("has records kept up to the backlog, and takes them in one piece", async () => {
    const chunks: Uint8Array[] = [];
    let ready = () => {};
    const write = (bytes: Uint8Array) => {
      chunks.push(bytes);
      return new Promise<void>((resolve) => {
        ready = resolve;
      });
    };
    const sink = new SimpleSink({ write, bufferSize: 1, backlog: 1_000_000 });
    for (let count = 0; count <= 30_000; count++) sink.write(ping!, []);
    ready();
    await Promise.resolve().then(() => {});
    expect(chunks.map((chunk) => chunk.length)).toEqual([24 + 32, 30_000 * 32]);
  });

  test("that fails is known by close", async () => {
    const sink = new SimpleSink({ write: () => Promise.reject(new Error("disk full")) });
    await expect(sink.close()).rejects.toThrow("disk full");
  });
});

test("bytes that are handed over are the writer's own", () => {
  const chunks: Uint8Array[] = [];
  const sink = new SimpleSink({ write: (bytes) => chunks.push(bytes), bufferSize: 10_000, pid: 5 });
  for (let count = 0; count < 5000; count++) sink.write(ping!, []);
  sink.flush();
  const ids = Buffer.concat(chunks).subarray(24);
  expect(ids.length).toBe(5000 * 32);
  for (let at = 0; at < ids.length; at += 32) expect(ids[at + 28]).toBe(5);
  expect(new Set(chunks.map((chunk) => chunk.buffer)).size).toBe(chunks.length);
});

test("what comes behind close is passed over", async () => {
  const chunks: Uint8Array[] = [];
  const sink = new SimpleSink({ write: (bytes) => chunks.push(bytes) });
  sink.write(ping!, []);
  await sink.close();
  sink.write(ping!, []);
  sink.define(ping!);
  sink.flush();
  expect(chunks.map((chunk) => chunk.length)).toEqual([24 + 32]);
});

test("bytes are held back until there are enough of them", () => {
  const chunks: Uint8Array[] = [];
  const sink = new SimpleSink({ write: (bytes) => chunks.push(bytes), bufferSize: 100 });
  for (let count = 0; count < 5; count++) sink.write(ping!, []);
  expect(chunks.map((chunk) => chunk.length)).toEqual([24 + 3 * 32]);
});
