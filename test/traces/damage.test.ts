import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../src/bytes/byte-writer.js";
import { DecodeError } from "../../src/bytes/decode-error.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { AnyTraceReader } from "../../src/traces/any-reader.js";
import { openTrace } from "../../src/traces/open-trace.js";
import { renderText } from "../../src/traces/render-text.js";
import { fixture, ownEvents } from "../support/recordings.js";

const real = readFileSync(fixture("microvm-file", "source.simpletrace"));

/** The same run as a log, with another line here and there. */
const log = encodeUtf8(
  readSync([real])
    .lines.map(
      (line, index) => `2026-11-23T03:26:07.671876Z ${line}${index % 50 ? "" : "\nA guest"}\n`,
    )
    .join(""),
);

interface Outcome {
  readonly lines: string[];
  readonly error: unknown;
  readonly damage: ReadonlyMap<string, number>;
}

async function read(chunks: Iterable<Uint8Array>): Promise<Outcome> {
  const lines: string[] = [];
  const trace = openTrace(chunksOf(chunks), ownEvents);
  try {
    for await (const record of trace) lines.push(renderText(record));
  } catch (error) {
    return { lines, error, damage: trace.damage.counts };
  }
  return { lines, error: undefined, damage: trace.damage.counts };
}

/** The same without the waiting, for many inputs. */
function readSync(chunks: Iterable<Uint8Array>): Outcome {
  const lines: string[] = [];
  const reader = new AnyTraceReader(ownEvents);
  const take = () => {
    for (let record = reader.next(); record; record = reader.next()) lines.push(renderText(record));
  };
  try {
    for (const chunk of chunks) {
      reader.append(chunk);
      take();
    }
    reader.end();
    take();
  } catch (error) {
    return { lines, error, damage: reader.damage.counts };
  }
  return { lines, error: undefined, damage: reader.damage.counts };
}

async function* chunksOf(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

const inputs = [
  ["simpletrace", real],
  ["log", log],
] as const;

describe.each(inputs)("a trace (%s) that comes in pieces", (_, bytes) => {
  test.each([1, 7, 4096])("reads the same in chunks of %d bytes", async (size) => {
    const whole = await read([bytes]);
    expect(whole.error).toBeUndefined();
    expect(await read(cut(bytes, size))).toEqual(whole);
  });
});

describe.each(inputs)("a trace (%s) that is cut", (_, bytes) => {
  test("at each of the first and last 2,000 bytes gives what is whole, then one DecodeError or a clean end", () => {
    const whole = readSync([bytes]);
    expect(bytes.length).toBeGreaterThan(4000);
    let errors = 0;
    for (let place = 0; place < 4000; place++) {
      const length = place < 2000 ? place : bytes.length - 4000 + place;
      const { lines, error } = readSync([bytes.subarray(0, length)]);
      expect(whole.lines.slice(0, lines.length)).toEqual(lines);
      if (length > bytes.length / 2) {
        // All but the line or record that is cut, or one behind a text that is no event any more.
        const missing = whole.lines.length - lines.length;
        expect(missing).toBeLessThanOrEqual(2000 / 24);
      }
      if (!error) continue;
      expect(error).toBeInstanceOf(DecodeError);
      errors++;
    }
    expect(errors).toBeGreaterThan(3000);
  }, 120_000);
});

describe("a trace of another make", () => {
  const mapping = (writer: ByteWriter, id: number, name: string) =>
    writer.u64(0).u64(id).u32(name.length).bytes(encodeUtf8(name));
  const record = (writer: ByteWriter, id: number | bigint, args: readonly number[]) => {
    writer
      .u64(1)
      .u64(id)
      .u64(5_000)
      .u32(24 + 8 * args.length)
      .u32(42);
    for (const arg of args) writer.u64(arg);
    return writer;
  };
  const begin = (order: "big" | "little") =>
    new ByteWriter(order).u64(0xffff_ffff_ffff_ffffn).u64(0xf2b1_77cb_0aa4_29b4n).u64(4);

  test("of a big-endian machine is read by its own order", async () => {
    const writer = begin("big");
    mapping(writer, 3, "savevm_command_send");
    record(writer, 3, [11, 0]);
    expect((await read([writer.take()])).lines).toEqual(["savevm_command_send com=0xb len=0"]);
  });

  test("with an event that is not declared shows it raw, and counts it", async () => {
    const writer = begin("little");
    mapping(writer, 1, "not_of_ours");
    record(writer, 1, [7]);
    const { lines, damage } = await read([writer.take()]);
    expect(lines).toEqual(["not_of_ours [undeclared] 0700000000000000"]);
    expect([...damage]).toEqual([["records of not_of_ours, which is not declared", 1]]);
  });

  test("with other arguments than declared never guesses", async () => {
    const writer = begin("little");
    mapping(writer, 1, "savevm_command_send");
    record(writer, 1, [11]);
    const { lines, damage } = await read([writer.take()]);
    expect(lines[0]).toContain("[layout]");
    expect([...damage.keys()][0]).toContain(
      "savevm_command_send with other arguments than declared",
    );
  });

  test("tells how many events QEMU dropped", async () => {
    const writer = record(begin("little"), 0xffff_ffff_ffff_fffen, [12]);
    const { lines, damage } = await read([writer.take()]);
    expect(lines).toEqual(["[12 events dropped]"]);
    expect(damage.get("events dropped by QEMU")).toBe(12);
  });

  test("that is no trace at all is told at its first byte", async () => {
    const { error } = await read([encodeUtf8("\x00\x01 nothing that anybody traces\n")]);
    expect(error).toBeInstanceOf(DecodeError);
    expect((error as DecodeError).offset).toBe(0);
  });
});

describe("timestamps that step back", () => {
  const stepsOf = async (...lines: string[]) => {
    const { damage } = await read([encodeUtf8(lines.map((line) => `${line}\n`).join(""))]);
    return damage.get("timestamps that step back") ?? 0;
  };
  const line = (thread: number, microseconds: number) =>
    `${thread}@1700000000.${String(microseconds).padStart(6, "0")}:savevm_state_setup `;

  test("are none where another thread was faster", async () => {
    expect(await stepsOf(line(1, 10), line(2, 5), line(1, 12), line(2, 6))).toBe(0);
  });

  test("are told of one thread, also behind another's", async () => {
    expect(await stepsOf(line(1, 10), line(2, 5), line(1, 9), line(2, 4))).toBe(2);
  });

  test("are told where a log does not tell threads apart", async () => {
    const time = (seconds: number) => `2026-11-23T03:26:0${seconds}.671876Z savevm_state_setup `;
    expect(await stepsOf(time(7), time(6), time(8))).toBe(1);
  });
});
