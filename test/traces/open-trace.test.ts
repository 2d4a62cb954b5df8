/** `openTrace` over everything that it takes, and its three ways of reading. */

import {
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, expectTypeOf, test } from "vitest";
import { openTrace } from "../../src/traces/open-trace.js";
import type { TraceRecord } from "../../src/traces/record.js";
import type { TraceInput } from "../../src/traces/trace-input.js";
import { fixture, ownEvents } from "../support/recordings.js";
import { TraceMaker } from "./make-trace.js";

const path = fixture("microvm-file", "source.simpletrace");
const bytes = readFileSync(path);
const arrayBuffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);

async function names(input: TraceInput): Promise<string[]> {
  const found: string[] = [];
  for await (const record of openTrace(input, ownEvents))
    if (record.type === "event") found.push(record.name);
  return found;
}

const whole = await names(bytes);

/** A frame of one raw block (RFC 8878): Node 20 packs no zstd. */
function zstdFrame(content: Uint8Array): Uint8Array {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(content.length);
  const block = Buffer.alloc(3);
  block.writeUIntLE((content.length << 3) | 1, 0, 3);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), size, block, content]);
}

describe("openTrace reads", () => {
  test.each<[string, () => TraceInput]>([
    ["a path", () => path],
    ["a file's URL", () => pathToFileURL(path)],
    ["a Node stream", () => createReadStream(path, { highWaterMark: 1000 })],
    ["any readable", () => Readable.from([bytes.subarray(0, 999), bytes.subarray(999)])],
    ["a web stream", () => new Blob([bytes]).stream()],
    ["a Blob", () => new Blob([bytes])],
    ["a File", () => new File([bytes], "trace-1")],
    ["bytes", () => bytes],
    ["a plain Uint8Array", () => Uint8Array.from(bytes)],
    ["an ArrayBuffer", () => arrayBuffer as ArrayBuffer],
    ["chunks", () => [bytes.subarray(0, 7), bytes.subarray(7)]],
    ["gzip", () => gzipSync(bytes)],
    ["zstd", () => zstdFrame(bytes)],
    ["a response of fetch", () => new Response(bytes).body!],
  ])("%s", async (_, input) => {
    expect(whole.length).toBeGreaterThan(50);
    expect(await names(input())).toEqual(whole);
  });

  test("a file that is larger than the blocks it is read in", async () => {
    const large = join(mkdtempSync(join(tmpdir(), "qtrace-open-")), "large");
    const lines = Array.from(
      { length: 150_000 },
      (_, index) => `savevm_section_start ram, section_id ${index}\n`,
    );
    writeFileSync(large, lines.join(""));
    let next = 0;
    for await (const record of openTrace(large, ownEvents)) {
      if (record.type !== "event" || record.values[1] !== next) throw new Error(`${next}`);
      next++;
    }
    expect(next).toBe(150_000);
  });

  test("no path that is not there, and no number", async () => {
    await expect(names("/not/there")).rejects.toThrow("ENOENT");
    await expect(names(5 as unknown as TraceInput)).rejects.toThrow(TypeError);
  });
});

describe("leaving early releases the input", () => {
  test("a stream is destroyed, a web stream cancelled, a path closed", async () => {
    const stream = createReadStream(path, { highWaterMark: 100 });
    for await (const _ of openTrace(stream, ownEvents)) break;
    expect(stream.destroyed).toBe(true);

    let cancelled = false;
    const web = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes),
      cancel() {
        cancelled = true;
      },
    });
    for await (const _ of openTrace(web, ownEvents)) break;
    expect(cancelled).toBe(true);
  });

  test.skipIf(process.platform !== "linux")("a file's descriptor is given back", async () => {
    const copy = join(mkdtempSync(join(tmpdir(), "qtrace-open-")), "trace");
    writeFileSync(copy, bytes);
    const open = () =>
      readdirSync("/proc/self/fd").filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === copy;
        } catch {
          return false;
        }
      }).length;
    for await (const _ of openTrace(copy, ownEvents)) break;
    expect(open()).toBe(0);
    await openTrace(copy, ownEvents).each(() => false);
    expect(open()).toBe(0);
    const fails = async () => {
      for await (const _ of openTrace(copy, ownEvents)) throw new Error("enough");
    };
    await expect(fails()).rejects.toThrow("enough");
    expect(open()).toBe(0);
    await openTrace(copy, ownEvents).count();
    expect(open()).toBe(0);
  });

  test("each ends where its callback gives false", async () => {
    const seen: string[] = [];
    await openTrace(path, ownEvents).each(({ name }) => seen.push(name) < 3);
    expect(seen).toEqual(whole.slice(0, 3));
  });

  test("a trace is read once", async () => {
    const trace = openTrace(bytes, ownEvents);
    await trace.count();
    await expect(trace.count()).rejects.toThrow("a trace is read once: open it again");
  });
});

interface Events {
  savevm_section_start: { readonly id: string; readonly section_id: number };
  savevm_section_end: { readonly id: string; readonly section_id: number; readonly ret: number };
}

describe("handlers by event name", () => {
  test("get typed arguments, and all else goes to the other", async () => {
    const started: string[] = [];
    let others = 0;
    await openTrace(path, ownEvents).handle<Events>(
      {
        savevm_section_start({ id, section_id }, { timestamp, pid }) {
          expectTypeOf(id).toBeString();
          expectTypeOf(section_id).toBeNumber();
          started.push(`${id} ${section_id} ${typeof timestamp} ${typeof pid}`);
        },
        savevm_section_end({ ret }) {
          expect([0, 1]).toContain(ret);
        },
      },
      ({ name }) => {
        others++;
        expect(name).not.toMatch(/^savevm_section_(start|end)$/);
      },
    );
    expect(started[0]).toBe("ram 1 bigint number");
    const count = (name: string) => whole.filter((other) => other === name).length;
    expect(started).toHaveLength(count("savevm_section_start"));
    expect(others).toBe(whole.length - started.length - count("savevm_section_end"));
  });

  test("may be no event that is not declared", async () => {
    const handled = openTrace(path, ownEvents).handle({ savevm_secton_start() {} });
    await expect(handled).rejects.toThrow("no event savevm_secton_start is declared");
  });
});

test("select is asked before a record is made", async () => {
  const trace = openTrace(path, ownEvents, { select: ({ name }) => name.startsWith("savevm_") });
  const records: TraceRecord[] = [];
  for await (const record of trace) records.push(record);
  expect(records).toHaveLength(whole.filter((name) => name.startsWith("savevm_")).length);
  const counts = await openTrace(path, ownEvents).count();
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(whole.length);
});

test("an id that is given anew counts for both of its names", async () => {
  const maker = new TraceMaker().header();
  for (const [name, times] of [
    ["savevm_state_header", 3],
    ["loadvm_state_setup", 2],
    ["savevm_state_header", 1],
  ] as const) {
    maker.mapping(5, name);
    for (let time = 0; time < times; time++) maker.record(5, 1, 1);
  }
  const counts = await openTrace(maker.take(), ownEvents).count();
  expect(Object.fromEntries(counts)).toEqual({ savevm_state_header: 4, loadvm_state_setup: 2 });
});
