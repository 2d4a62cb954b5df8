import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findVmDescription } from "../../../src/migration/wire/find-vm-description.js";
import { bytesAsRandomAccess } from "../../../src/migration/wire/random-access.js";
import { StateCollector } from "../../../src/migration/wire/state-collector.js";
import { stateToQemuJson } from "../../../src/migration/wire/state-qemu-json.js";
import type { StreamEdits } from "../../../src/migration/wire/stream-edits.js";
import { isSection } from "../../../src/migration/wire/stream-item.js";
import { StreamRewriter } from "../../../src/migration/wire/stream-rewriter.js";
import type { VmDescription } from "../../../src/migration/wire/vm-description.js";
import { vmDescriptionToJson } from "../../../src/migration/wire/vm-description-json.js";
import { RECORDINGS } from "../../support/recording-names.js";
import { describeWith, testWith } from "../../support/tools.js";
import { readRecording } from "./recordings.js";
import { walk } from "./walk.js";

/** Reads a stream and writes it anew from nothing but what the reader told. */
function rewrite(bytes: Uint8Array, edits?: StreamEdits, description?: VmDescription): Uint8Array {
  const rewriter = new StreamRewriter(edits, description);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 1 << 16) {
    parts.push(rewriter.push(bytes.subarray(at, at + (1 << 16))));
  }
  return new Uint8Array(Buffer.concat([...parts, rewriter.end()]));
}

describeWith(["shared"], "read and written anew, the bytes are the same", () => {
  test.each(RECORDINGS)("%s", async (name) => {
    const { bytes, description } = await readRecording(name);
    expect(Buffer.compare(rewrite(bytes, {}, description), bytes)).toBe(0);
    expect(Buffer.compare(rewrite(bytes), bytes)).toBe(0);
  });

  test.each(RECORDINGS.filter((name) => name !== "q35-postcopy"))(
    "%s: the description's text, from what was parsed",
    async (name) => {
      const { bytes, description } = await readRecording(name);
      const item = walk(bytes, { description: description! }).items.at(-1)!;
      expect(item.type === "vm-description" && item.json).toBe(vmDescriptionToJson(description!));
    },
  );
});

/** Header, a section of three bytes of data whose name is one byte, footer, end. */
function streamOfSection(name: number): Uint8Array {
  const footer = [0x7e, 0, 0, 0, 9];
  const head = [4, 0, 0, 0, 9, 1, name, 0, 0, 0, 0, 0, 0, 0, 1];
  return Uint8Array.of(0x51, 0x45, 0x56, 0x4d, 0, 0, 0, 3, ...head, 1, 2, 3, ...footer, 0);
}

test("a name that is not UTF-8 is refused, as it would be written with other bytes", () => {
  const valid = streamOfSection(0x61);
  expect(rewrite(valid)).toEqual(valid);
  expect(() => rewrite(streamOfSection(0xff))).toThrow("text that is not UTF-8 at byte 0x17");
});

/** The stream with changes, and how it is read by its own description. */
async function edited(name: string, edits: StreamEdits) {
  const { bytes, description } = await readRecording(name);
  const changed = rewrite(bytes, edits, description);
  const found = await findVmDescription(bytesAsRandomAccess(changed));
  const { items, error } = walk(changed, { keepData: true, ...(found && { description: found }) });
  expect(error).toBeUndefined();
  const state = new StateCollector();
  for (const item of items) state.add(item);
  return { bytes: changed, items, description: found, state: state.sections() };
}

describeWith(["shared"], "an edit", () => {
  test("of the machine type is in configuration and description", async () => {
    const { items, description } = await edited("microvm-file", { machine: "pc-q35-9.2" });
    expect(items[0]).toMatchObject({ type: "configuration", machine: "pc-q35-9.2" });
    expect(description?.configuration?.fields[1]).toMatchObject({ name: "name", size: 10 });
  });

  test("of the machine type leaves mapped-ram's pages where they are", async () => {
    const { bytes } = await readRecording("pc-mapped-ram");
    const changed = await edited("pc-mapped-ram", { machine: "a-longer-name-of-a-machine" });
    const page = 0x200000;
    expect(
      Buffer.compare(changed.bytes.subarray(page, page * 4), bytes.subarray(page, page * 4)),
    ).toBe(0);
  });

  test("that drops a subsection: the rest of the device is as it was", async () => {
    const drop = { idstr: "fw_cfg", subsection: "fw_cfg/dma" };
    const { state } = await edited("microvm-file", { dropSubsections: [drop] });
    const fwCfg = state.find(({ idstr }) => idstr === "fw_cfg")!;
    expect(fwCfg).toMatchObject({
      size: 74 - 24,
      state: { subsections: [{ vmsdName: "fw_cfg/acpi_mr" }] },
    });
  });

  test("that drops a subsection of a struct within: the sizes around it shrink", async () => {
    const drop = { idstr: "0000:00:1f.0/ICH9LPC", subsection: "ich9_pm/pcihp" };
    const { state } = await edited("q35-precopy", { dropSubsections: [drop] });
    const device = state.find(({ idstr }) => idstr === drop.idstr)!;
    expect(
      JSON.stringify(device, (_, value) => (typeof value === "bigint" ? "" : value)),
    ).not.toContain(drop.subsection);
  });

  test("of a subsection that is nowhere is refused", async () => {
    const { bytes, description } = await readRecording("microvm-file");
    const drop = { idstr: "fw_cfg", subsection: "fw_cfg/none" };
    expect(() => rewrite(bytes, { dropSubsections: [drop] }, description)).toThrow(
      'no subsection "fw_cfg/none" that is described in "fw_cfg"',
    );
  });

  test("that takes SWITCHOVER_START out, and one that puts it in again", async () => {
    const { bytes } = await readRecording("q35-precopy");
    const without = rewrite(bytes, { switchoverStart: false });
    expect(without.length).toBe(bytes.length - 5);
    expect(Buffer.compare(rewrite(without, { switchoverStart: true }), bytes)).toBe(0);
    expect(Buffer.compare(rewrite(bytes, { switchoverStart: true }), bytes)).toBe(0);
  });
});

/** Without what QEMU's script cannot read: commands, and memory. */
async function forScript(name: string): Promise<Uint8Array> {
  const { bytes, description } = await readRecording(name);
  const { items } = walk(bytes, { description: description! });
  const ram = items.filter((item) => isSection(item) && item.idstr === "ram");
  const dropped = new Set([...ram, ...items.filter(({ type }) => type === "command")]);
  const parts = items.filter((item) => !dropped.has(item)).map((item) => [item.offset, item.size]);
  return new Uint8Array(
    Buffer.concat([
      bytes.subarray(0, 8),
      ...parts.map(([at, size]) => bytes.subarray(at!, at! + size!)),
    ]),
  );
}

describe("the state is what QEMU's script prints, where it could not read the whole stream", () => {
  for (const name of ["q35-precopy", "q35-multifd", "pc-mapped-ram", "pc-9.2-xbzrle"]) {
    testWith(["shared", "python", "qemuScripts"], name, async ({ python, qemuScripts }) => {
      const bytes = await forScript(name);
      const folder = mkdtempSync(join(tmpdir(), "qtrace-script-"));
      try {
        writeFileSync(join(folder, "stream"), bytes);
        const script = join(qemuScripts, "analyze-migration.py");
        const printed = execFileSync(python, [script, "-f", join(folder, "stream")], {
          encoding: "utf8",
          maxBuffer: 1 << 26,
        });
        const description = await findVmDescription(bytesAsRandomAccess(bytes));
        const state = new StateCollector();
        for (const item of walk(bytes, { description: description!, keepData: true }).items)
          state.add(item);
        expect(`${stateToQemuJson(state.sections())}\n`).toBe(printed);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
