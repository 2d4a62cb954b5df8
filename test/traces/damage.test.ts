import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../src/bytes/byte-writer.js";
import { DecodeError } from "../../src/bytes/decode-error.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { openTrace } from "../../src/traces/open-trace.js";
import { renderText } from "../../src/traces/render-text.js";
import { fixture, ownEvents } from "../support/recordings.js";

const real = readFileSync(fixture("microvm-file", "source.simpletrace"));

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

async function* chunksOf(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

const whole = await read([real]);

describe("a trace that comes in pieces", () => {
  test.each([1, 7, 4096])("reads the same in chunks of %d bytes", async (size) => {
    expect(await read(cut(real, size))).toEqual(whole);
  });
});

describe("a trace that is cut", () => {
  test("gives what is whole before the cut, then one DecodeError or a clean end", async () => {
    const places = [
      ...Array(400).keys(),
      ...[...Array(400).keys()].map((i) => real.length - 1 - i),
    ];
    for (const length of places) {
      const { lines, error } = await read([real.subarray(0, length)]);
      expect(whole.lines.slice(0, lines.length)).toEqual(lines);
      if (error) expect(error).toBeInstanceOf(DecodeError);
    }
  });
});

describe("a trace with flipped bytes", () => {
  test("never ends in anything but a DecodeError", async () => {
    let state = 7;
    const random = (below: number) => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    for (let run = 0; run < 1500; run++) {
      const bytes = Uint8Array.from(real);
      for (let flips = 1 + random(3); flips > 0; flips--)
        bytes[random(bytes.length)]! ^= 1 << random(8);
      const { error } = await read([bytes]);
      if (error) expect(error).toBeInstanceOf(DecodeError);
    }
  });
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
