/** How a trace's format is detected: bytes that are just enough, and bytes that are not. */

import { describe, expect, test } from "vitest";
import { DecodeError } from "../../src/bytes/decode-error.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { EventTable } from "../../src/model/event-table.js";
import { detectFormat, detectSimpletrace } from "../../src/traces/detect.js";
import { NoTraceError } from "../../src/traces/no-trace-error.js";
import { modelsOf } from "../runtime/trace-events-of.js";
import { TraceMaker } from "./make-trace.js";

const events = new EventTable(modelsOf('ping(void) "ping"\npage(const char *id) "%s"\n'));
const SAMPLE = 65536;

const detect = (bytes: Uint8Array | string, ended = true) =>
  detectFormat(typeof bytes === "string" ? encodeUtf8(bytes) : bytes, ended, events)?.name;

const neither = "not a trace: neither a simpletrace file nor a log with known events";

describe("a simpletrace file", () => {
  test.each([
    [0, "little", "simpletrace-0"],
    [2, "little", "simpletrace-2"],
    [3, "big", "simpletrace-3-big"],
    [4, "big", "simpletrace-4-big"],
  ] as const)(
    "of version %i of a %s-endian machine is detected by its header",
    (version, order, name) => {
      const header = new TraceMaker(order, version).header().take().subarray(0, 24);
      expect([detect(header), detect(header, false)]).toEqual([name, name]);
      expect(detectSimpletrace(header, true)?.name).toBe(name);
      expect(detect(header.subarray(0, 23), false)).toBeUndefined();
      expect(detectSimpletrace(header.subarray(0, 23), false)).toBeUndefined();
      expect(() => detect(header.subarray(0, 23))).toThrow(
        new DecodeError("cut short in simpletrace's header", 23),
      );
    },
  );

  test.each([1, 5])("of version %i is not known", (version) => {
    const header = new TraceMaker("little", version).header().take();
    const message = `simpletrace version ${version}; known are 0, 2, 3, 4`;
    expect(() => detect(header)).toThrow(new NoTraceError(message, 16));
  });

  /** Records without a header, their ids positions. */
  const headerless = (order: "little" | "big", version: number, count: number) => {
    const maker = new TraceMaker(order, version);
    for (let time = 1; time <= count; time++) {
      if (version === 0) maker.words(1, time);
      else maker.record(0, time, 1);
    }
    return maker.take();
  };

  test.each([
    ["little", 4],
    ["big", 4],
    ["little", 3],
    ["big", 3],
    ["little", 0],
    ["big", 0],
  ] as const)(
    "%s-endian of version %i is detected by 8 records without a header",
    (order, version) => {
      const name = `simpletrace-${version}${order === "big" ? "-big" : ""}-headerless`;
      expect(detect(headerless(order, version, 8), false)).toBe(name);
      expect(detect(headerless(order, version, 7), false)).toBeUndefined();
      expect(detect(headerless(order, version, 1))).toBe(name);
    },
  );

  test("without a header is not detected by records with damage among them", () => {
    const good = headerless("little", 3, 3);
    const raw = new TraceMaker("little", 3).record(0, 5, 1, 7).take();
    expect(() => detect(Buffer.concat([good, raw, good]))).toThrow(new NoTraceError(neither, 0));
    // A file of dropped events alone, and one of a single record after such.
    const dropped = new TraceMaker("little", 3).record(0xffff_ffff_ffff_fffen, 1, 1, 3).take();
    expect(detect(dropped)).toBe("simpletrace-3-headerless");
    expect(detect(Buffer.concat([dropped, good]))).toBe("simpletrace-3-headerless");
  });
});

describe("what is not a trace", () => {
  test.each([
    ["", "not a trace: it is empty"],
    ["\0\0\0\0", "not a trace: nothing but zeros"],
    ["\0".repeat(100), "not a trace: nothing but zeros"],
    ["\0\0\x01", neither],
    ["hello\n", neither],
    ["hello", neither],
    ["QEVM....", "not a trace: this is a migration stream: see qtrace stream items"],
    [
      "LibvirtQemudSave",
      "not a trace: this is a migration stream saved by libvirt: see qtrace stream items",
    ],
    ["QFI\xfb....", "not a trace: this is a qcow2 image"],
    [
      "\x17\x08Dtracing",
      "not a trace: this is trace-cmd's binary file: trace-cmd report prints it as text",
    ],
    [
      "\xc1\x1f\xfc\xc1....",
      "not a trace: this is a CTF trace, as LTTng writes it: babeltrace2 prints it as text",
    ],
    ["PERFILE2", "not a trace: this is a file of perf: perf script prints it as text"],
    ["PAR1....", "not a trace: this is a Parquet file"],
    ["\x7fELF....", "not a trace: this is a program"],
    ["\x89PNG....", "not a trace: this is a picture"],
    ["%PDF....", "not a trace: this is a PDF document"],
    ["PK\x03\x04....", "not a trace: this is a zip archive"],
    ["\xfd7zXZ...", "not a trace: this is compressed by xz: decompress it first"],
    ["BZh.....", "not a trace: this is compressed by bzip2: decompress it first"],
    ["\x89LZO....", "not a trace: this is compressed by lzop: decompress it first"],
    ["\x1f\x8b\x08.....", "not a trace: this is compressed twice: decompress it first"],
    ["\x28\xb5\x2f\xfd....", "not a trace: this is compressed twice: decompress it first"],
    ["PAR2....", neither],
    ["xQEVM...", neither],
  ])("%j", (text, message) => {
    const bytes = Buffer.from(text, "latin1");
    expect(() => detect(bytes)).toThrow(new NoTraceError(message, 0));
    if (bytes.length < 8) expect(detect(bytes, false)).toBeUndefined();
  });

  test("is decided at 64 KiB, and not before", () => {
    const text = "x\n".repeat(SAMPLE / 2);
    expect(() => detect(text, false)).toThrow(new NoTraceError(neither, 0));
    expect(detect(text.slice(1), false)).toBeUndefined();
    expect(() => detect(new Uint8Array(SAMPLE), false)).toThrow(
      new NoTraceError("not a trace: nothing but zeros", 0),
    );
    expect(detect(new Uint8Array(SAMPLE - 1), false)).toBeUndefined();
  });
});

describe("a log", () => {
  const iso = "2026-11-23T03:26:07Z ";
  const thread = "1@1.000000:";

  test.each([
    ["ping ping\n", "log"],
    ["ping ping", "log"],
    ["hello\nping ping\n", "log"],
    [`${iso}ping ping\n`, "log-iso"],
    [`${thread}ping ping\n`, "log-thread"],
    [`ping ping\n${thread}ping ping\n${thread}ping ping\n`, "log-thread"],
    [`ping ping\nping ping\n${thread}ping ping\n`, "log"],
    // Where as many lines are of one form as of the other, the first of the forms is taken.
    [`${thread}ping ping\n${iso}ping ping\n`, "log-iso"],
    // The last line may be cut.
    [`ping ping\n${thread}ping ping`, "log"],
    // No event is known, but the prefix is.
    [`${thread}a_b c\n`, "log-thread"],
    [`${iso}A1_b\n`, "log-iso"],
    [`x\n${iso}a_b c\n`, "log-iso"],
  ])("%j is of the form %s", (text, name) => {
    expect(detect(text)).toBe(name);
  });

  test.each([
    `${thread}ab c\n`,
    `${thread}1a_b c\n`,
    `${thread}_a b\n`,
    "a_b c\n",
    `${thread}a_b- c\n`,
  ])("%j is not one", (text) => {
    expect(() => detect(text)).toThrow(new NoTraceError(neither, 0));
  });

  test("is detected before its end by a complete line with a known event", () => {
    expect(detect("ping ping\n", false)).toBe("log");
    expect(detect("ping ping", false)).toBeUndefined();
    expect(detect("a_b c\nx\n", false)).toBeUndefined();
    expect(detect(`${thread}a_b c\nx\n`, false)).toBeUndefined();
    expect(detect("ping pi\n", false)).toBe("log");
    expect(detect("ping pi", false)).toBeUndefined();
  });

  test("may have zeros in it, which only its end shows to be no simpletrace", () => {
    expect(detect("ping ping\n\0\n")).toBe("log");
    expect(detect("ping ping\n\0\n", false)).toBeUndefined();
  });

  test("is detected by its first 64 KiB", () => {
    const filler = `${"x".repeat(63)}\n`.repeat(1024);
    expect(detect(`${filler.slice(10)}ping ping\n`)).toBe("log");
    expect(() => detect(`${filler}ping ping\n`)).toThrow(new NoTraceError(neither, 0));
  });
});
