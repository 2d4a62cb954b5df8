import { describe, expect, test } from "vitest";
import { StreamChecker, type StreamFinding } from "../../../src/migration/wire/check-stream.js";
import type { Command } from "../../../src/migration/wire/stream-item.js";
import { StreamWriter } from "../../../src/migration/wire/stream-writer.js";
import { RECORDINGS } from "../../support/recording-names.js";
import { describeWith } from "../../support/tools.js";
import { concat } from "./bytes.js";
import { readRecording } from "./recordings.js";
import { walk } from "./walk.js";

/** The codes of what is found in a stream of these parts. */
function found(machine: string, ...parts: Part[]): string[] {
  return findings(machine, ...parts).map(({ code }) => code);
}

function findings(machine: string, ...parts: Part[]): StreamFinding[] {
  const writer = new StreamWriter().header().u8(7).u32(machine.length);
  writer.bytes(new TextEncoder().encode(machine));
  for (const part of parts) part(writer);
  const checker = new StreamChecker();
  const { error } = walk(writer.take(), {}, 65536, (item) => checker.add(item));
  return checker.finish(error);
}

type Part = (writer: StreamWriter) => void;

const command =
  (value: Command): Part =>
  (writer) =>
    void writer.command(value);
const SWITCHOVER = command({ name: "SWITCHOVER_START" });
const RAM = { sectionId: 1, idstr: "ram", instanceId: 0, version: 4 };
const section =
  (type: "start" | "part" | "end"): Part =>
  (writer) => {
    writer.sectionHead({ ...RAM, type: `section-${type}` });
    writer.u64(0x10).footer(1);
  };
const [START, PART, END] = (["start", "part", "end"] as const).map(section) as [Part, Part, Part];
const device =
  (idstr: string): Part =>
  (writer) => {
    writer.sectionHead({ type: "section-full", sectionId: 9, idstr, instanceId: 0, version: 1 });
    writer.u32(0).footer(9);
  };
const START_WITHOUT_FOOTER: Part = (writer) =>
  void writer
    .sectionHead({ ...RAM, type: "section-start" })
    .u64(0x10)
    .sectionHead({ ...RAM, type: "section-end" })
    .u64(0x10);
const EOF: Part = (writer) => void writer.eof();

describeWith(["shared"], "nothing is found fault with in a stream that QEMU loaded", () => {
  test.each(RECORDINGS)("%s", async (name) => {
    const { bytes, description } = await readRecording(name);
    const checker = new StreamChecker();
    walk(bytes, description ? { description } : {}, 65536, (item) => checker.add(item));
    expect(checker.finish()).toEqual([]);
  });

  test("but in one that was cut", async () => {
    const { bytes } = await readRecording("microvm-file");
    const checker = new StreamChecker();
    const { error } = walk(bytes.subarray(0, 1000), {}, 65536, (item) => checker.add(item));
    expect(checker.finish(error)).toMatchObject([{ code: "broken", offset: 1000 }]);
  });
});

describe("found is", () => {
  const whole = [START, PART, SWITCHOVER, END, device("cpu"), EOF];

  test("nothing in a whole stream", () => {
    expect(found("pc-q35-10.2", ...whole)).toEqual([]);
  });

  test.each<[string, Part[]]>([
    ["start-twice", [START, START, END, EOF]],
    ["part-after-end", [START, END, PART, EOF]],
    ["never-ended", [START, PART, EOF]],
    ["device-before-end", [START, PART, device("cpu"), END, EOF]],
    ["device-twice", [device("cpu"), device("cpu"), EOF]],
    ["no-return-path", [command({ name: "PING", value: 1 }), EOF]],
    [
      "command-twice",
      [command({ name: "SWITCHOVER_START" }), command({ name: "SWITCHOVER_START" }), EOF],
    ],
    ["command-order", [command({ name: "POSTCOPY_RUN" }), EOF]],
    ["behind-switchover-start", [START, SWITCHOVER, PART, END, EOF]],
    ["behind-switchover-start", [SWITCHOVER, START, END, EOF]],
    ["behind-switchover-start", [SWITCHOVER, command({ name: "OPEN_RETURN_PATH" }), EOF]],
    ["no-footers", [START_WITHOUT_FOOTER, EOF]],
    ["switchover-start-late", [START, END, SWITCHOVER, EOF]],
    ["broken", [START]],
  ])("%s", (code, parts) => {
    expect(found("pc-q35-10.2", ...parts)).toEqual([code]);
  });

  // QEMU migration/savevm.c: loadvm_process_command, loadvm_postcopy_handle_resume.
  test.each<[string, Part[]]>([
    [
      "return-path-twice",
      [command({ name: "OPEN_RETURN_PATH" }), command({ name: "OPEN_RETURN_PATH" }), EOF],
    ],
    ["resume-out-of-place", [command({ name: "POSTCOPY_RESUME" }), EOF]],
    [
      "resume-out-of-place",
      [
        command({ name: "RECV_BITMAP", block: "pc.ram" }),
        command({ name: "POSTCOPY_RESUME" }),
        command({ name: "POSTCOPY_RESUME" }),
        EOF,
      ],
    ],
  ])("%s, which is a warning", (code, parts) => {
    expect(findings("pc-q35-10.2", ...parts)).toMatchObject([{ code, severity: "warning" }]);
  });

  test("nothing in a background snapshot: devices behind all of memory, and no END", () => {
    expect(found("pc-q35-10.2", START, PART, device("cpu"), EOF)).toEqual([]);
  });

  test("a device that is sent early, while ram is set up, to be in order", () => {
    expect(found("pc-q35-10.2", START, device("virtio-mem-early"), PART, END, EOF)).toEqual([]);
  });

  test.each(["pc-q35-9.2", "virt-8.0", "pc-i440fx-9.1"])(
    "SWITCHOVER_START of %s, which should not send it",
    (machine) => {
      expect(found(machine, ...whole)).toEqual(["switchover-start-unknown"]);
    },
  );

  test.each([
    ["MULTIFD_FLUSH of a machine type before 8.1", "pc-q35-8.0", 0x200, ["flush-unknown"]],
    ["MULTIFD_FLUSH of one since", "pc-q35-8.1", 0x200, []],
    ["compressed pages of a machine type since 9.1", "virt-9.1", 0x100, ["compression-unknown"]],
    ["compressed pages of one before", "virt-9.0", 0x100, []],
  ])("%s", (_, machine, flag, codes) => {
    const part: Part = (writer) => {
      writer.sectionHead({ ...RAM, type: "section-start" });
      writer.ramBlockList([{ name: "m", usedLength: 4096 }]);
      writer.u64(flag);
      if (flag === 0x100) writer.u8(1).u8(0x6d).u32(1).u8(0);
      writer.u64(0x10).footer(1);
    };
    expect(found(machine, part, END, EOF)).toEqual(codes);
  });

  test("a thousand of a kind one by one, and how many more there are", () => {
    const codes = found("pc-q35-10.2", ...Array.from({ length: 2002 }, () => device("cpu")), EOF);
    expect(codes).toEqual(Array(1001).fill("device-twice"));
  });

  test("devices that only the description or only the stream has", () => {
    const parts = new StreamWriter();
    device("cpu")(parts);
    const field = { name: "f", type: "uint32", size: 4 };
    const described = {
      instanceId: 0,
      vmsdName: "d",
      version: 1,
      fields: [field],
      subsections: [],
    };
    const writer = new StreamWriter().header().u8(7).u32(0);
    writer
      .bytes(parts.take())
      .eof()
      .vmDescription({ pageSize: 4096, devices: [{ name: "apic", ...described }] });
    const checker = new StreamChecker();
    walk(concat(writer.take()), {}, 65536, (item) => checker.add(item));
    expect(checker.finish().map(({ code }) => code)).toEqual(["not-described", "no-section"]);
  });
});
