import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { MultifdWriter } from "../../src/migration/wire/multifd-writer.js";
import { runCli } from "../support/cli.js";
import { fixture } from "../support/recordings.js";
import { sharedPath, testWith } from "../support/tools.js";

const stream = fixture("microvm-file", "stream.bin");

describe("stream items", () => {
  test("--json gives the items of the independent walk, one object a line", async () => {
    const { code, out } = await runCli(["stream", "items", stream, "--json"]);
    const ours = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const walk = readFileSync(fixture("microvm-file", "items.jsonl"), "utf8").trim().split("\n");
    const theirs = walk.map((line) => JSON.parse(line)).filter((item) => "type" in item);
    expect(code).toBe(0);
    expect(ours).toMatchObject(theirs.map(({ ram: _ram, ...item }) => item));
  });

  test("the table says how a section's end was found", async () => {
    const { out } = await runCli(["stream", "items", stream]);
    expect(out).toMatch(/^ *0x2e3f8 +1873 +cpu FULL +5 +described$/m);
    expect(out).toMatch(/^ *0xb4 +176509 +ram PART +1 +self +34 page, 4097 zero$/m);
  });

  test("a file that is no stream is unreadable input, in one line", async () => {
    const { code, out, err } = await runCli(["stream", "items", fixture("README.md")]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(
      /README\.md: not a migration stream, nor .*: begins 23 20 46 69 78 74 75 72\n$/,
    );
    expect(await runCli(["stream", "items", "-"])).toEqual({
      code: 2,
      out: "",
      err: "qtrace: -: empty, not a migration stream\n",
    });
  });
});

describe("stream state", () => {
  test("--device shows the fields of one, arrays drawn together", async () => {
    const { code, out } = await runCli(["stream", "state", stream, "--device", "fw_cfg", "ioapic"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ *74 +\S+ % {2}fw_cfg\n *44 +\S+ % {4}fw_cfg\/acpi_mr$/m);
    expect(out).toContain("  subsection fw_cfg/dma (version 0)\n    dma_addr: 0x0\n");
    expect(out).toContain("ioredtbl[24]: 0x10000 ×24");
  });

  test("--json has a section a line", async () => {
    const { out } = await runCli(["stream", "state", stream, "--json"]);
    const sections = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(sections.find(({ idstr }) => idstr === "apic")).toMatchObject({
      kind: "vmstate",
      state: {
        vmsd: "apic",
        fields: expect.arrayContaining([expect.objectContaining({ name: "tpr", value: 0 })]),
      },
    });
  });

  test("--channel joins what came of a device by multifd channels", async () => {
    const folder = mkdtempSync(join(tmpdir(), "qtrace-cli-"));
    try {
      const channel = join(folder, "channel1.bin");
      const writer = new MultifdWriter().hello({ uuid: "00".repeat(16), channel: 1 });
      for (const idstr of ["ioapic", "gone"]) {
        writer.deviceState({ flags: 64, idstr, instanceId: 0 }, new Uint8Array(100));
      }
      writeFileSync(channel, writer.take());
      const args = ["stream", "state", stream, "--device", "ioapic", "--channel", channel];
      const { code, out, err } = await runCli(args);
      expect(out).toContain("  by multifd channels: 1 packets of device state, 100 bytes\n");
      expect([code, err]).toEqual([
        1,
        `qtrace: ${stream}: channels hold state of "gone", which has no section\n`,
      ]);
      const json = await runCli([...args, "--json"]);
      expect(JSON.parse(json.out.split("\n")[0]!)).toMatchObject({
        multifd: { packets: 1, size: 100 },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a device that is not there", async () => {
    const { code, err } = await runCli(["stream", "state", stream, "--device", "none"]);
    expect([code, err]).toEqual([2, `qtrace: ${stream}: no device "none"\n`]);
  });
});

describe("stream vmdesc", () => {
  test("prints the description", async () => {
    const { out } = await runCli(["stream", "vmdesc", stream]);
    expect(JSON.parse(out)).toMatchObject({ page_size: 4096, configuration: {} });
  });
});

describe("a stream in something else, or from standard input", () => {
  test.each(["raw", "gzip", "zstd"])("%s", async (wrapping) => {
    const bytes = readFileSync(stream);
    // zstd: one frame of raw blocks, which need no compressor.
    const wrapped = { raw: bytes, gzip: gzipSync(bytes), zstd: zstdOf(bytes) }[wrapping]!;
    const [piped, file] = [
      await runCli(["stream", "items", "-", "--json"], wrapped),
      await runCli(["stream", "items", stream, "--json"]),
    ];
    expect(piped).toEqual(file);
  });
});

function zstdOf(bytes: Uint8Array): Buffer {
  const parts = [Buffer.from("28b52ffd0060", "hex")];
  for (let at = 0; at < bytes.length; at += 100_000) {
    const block = bytes.subarray(at, at + 100_000);
    const last = at + block.length === bytes.length ? 1 : 0;
    const head = Buffer.alloc(3);
    head.writeUIntLE((block.length << 3) | last, 0, 3);
    parts.push(head, Buffer.from(block));
  }
  return Buffer.concat(parts);
}

describe("stream ram, edit, check, diff", () => {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-cli-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("ram: sparse images, statistics, a picture", async () => {
    const [images, heat] = [join(folder, "images"), join(folder, "heat.svg")];
    const args = ["stream", "ram", stream, "--output", images, "--stats", "--heat", heat];
    const { code, out } = await runCli(args);
    expect(code).toBe(0);
    expect(out).toMatch(/^microvm\.ram\.img: microvm\.ram, 16\.0 MiB$/m);
    expect(out).toMatch(/^all +37 +4097 /m);
    const image = statSync(join(images, "microvm.ram.img"));
    expect([image.size, image.blocks * 512 < 1 << 20]).toEqual([16 << 20, true]);
    expect(readFileSync(heat, "utf8")).toContain("round 2: 2 pages");
  });

  test("edit: what was edited is what diff and check tell", async () => {
    const edited = join(folder, "edited.bin");
    const edit = ["stream", "edit", stream, "--output", edited];
    expect(await runCli(edit)).toEqual({ code: 0, out: "", err: "" });
    expect(readFileSync(edited)).toEqual(readFileSync(stream));
    await runCli([...edit, "--machine", "pc-q35-9.2", "--drop-subsection", "fw_cfg:fw_cfg/dma"]);
    const diff = await runCli(["stream", "diff", stream, edited, "--json"]);
    expect(diff.code).toBe(1);
    expect(
      diff.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { device: "fw_cfg", path: "fw_cfg/dma", a: "version 0" },
      { device: "fw_cfg", path: "fw_cfg/dma.dma_addr", a: "0x0000000000000000" },
    ]);
    const check = await runCli(["stream", "check", edited]);
    expect([check.code, check.out]).toEqual([
      1,
      expect.stringContaining("pc-q35-9.2 sends no SWITCHOVER_START"),
    ]);
  });

  test("edit: a subsection that is nowhere", async () => {
    const args = [
      "stream",
      "edit",
      stream,
      "--output",
      join(folder, "x"),
      "--drop-subsection",
      "cpu:no",
    ];
    expect(await runCli(args)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no subsection "no"'),
    });
  });

  test("edit: neither onto the stream itself, nor with anything left of one that failed", async () => {
    const [own, output] = [join(folder, "own.bin"), join(folder, "left.bin")];
    writeFileSync(own, readFileSync(stream));
    expect(await runCli(["stream", "edit", own, "--output", own])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`--output ${own}: is an input`),
    });
    writeFileSync(own, readFileSync(stream).subarray(0, 100_000));
    const failed = await runCli(["stream", "edit", own, "--output", output]);
    expect(failed).toMatchObject({
      code: 1,
      err: expect.stringMatching(/own\.bin: cut short.*\n$/),
    });
    expect(existsSync(output)).toBe(false);
  });

  test("ram: a folder that cannot be made is told at once", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    for (const [output, why] of [
      [file, "not a folder"],
      [join(file, "below"), "not a folder"],
      ["/proc/none/images", "no such file or folder"],
    ]) {
      const { code, err } = await runCli(["stream", "ram", stream, "--output", output!]);
      expect([code, err]).toEqual([2, `qtrace: ${output}: ${why}\n`]);
    }
  });

  test("a stream cut short: what was whole is shown, then where it ends", async () => {
    const cut = join(folder, "cut.bin");
    writeFileSync(cut, readFileSync(stream).subarray(0, 0x2e500));
    const { code, out, err } = await runCli(["stream", "items", cut]);
    expect([code, out]).toEqual([1, expect.stringMatching(/cpu_common FULL +4 +footer\n$/)]);
    expect(err).toMatch(/cut short: .* at byte 0x2e500 in section 5 "cpu"\n$/);
  });
});

test("stream return-path of the other direction prints no table", async () => {
  const { code, out, err } = await runCli(["stream", "return-path", stream]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/stream\.bin: is a main channel: qtrace stream items reads it\n$/);
});

testWith(["shared"], "stream return-path lists what a destination answered", async () => {
  const file = sharedPath("recordings", "q35-postcopy", "channel0.return.bin");
  const { code, out } = await runCli(["stream", "return-path", file, "--json"]);
  expect(code).toBe(0);
  expect(out.split("\n")[4]).toBe('{"offset":32,"size":8,"type":"PONG","value":66}');
});

testWith(["shared"], "stream multifd --json is the independent walk's", async () => {
  const file = (name: string) => sharedPath("recordings", "q35-multifd", name);
  const args = ["stream", "multifd", file("channel1.bin"), file("channel2.bin"), "--json"];
  const { out } = await runCli(args);
  const lines = (text: string) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  expect(lines(readFileSync(file("multifd.jsonl"), "utf8"))).toMatchObject(lines(out));
});
