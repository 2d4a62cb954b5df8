/** Small migrations of machines that are no PC. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { findVmDescription } from "../../../src/migration/wire/find-vm-description.js";
import { itemToJson } from "../../../src/migration/wire/item-json.js";
import { bytesAsRandomAccess } from "../../../src/migration/wire/random-access.js";
import { readPipe } from "../../../src/migration/wire/read-pipe.js";
import { readStream } from "../../../src/migration/wire/read-stream.js";
import { StateCollector } from "../../../src/migration/wire/state-collector.js";
import { stateToQemuJson } from "../../../src/migration/wire/state-qemu-json.js";
import type { StateField } from "../../../src/migration/wire/state-value.js";
import { isSection, type StreamItem } from "../../../src/migration/wire/stream-item.js";
import { StreamRewriter } from "../../../src/migration/wire/stream-rewriter.js";
import { vmDescriptionToJson } from "../../../src/migration/wire/vm-description-json.js";
import { fixture } from "../../support/recordings.js";
import { testWith } from "../../support/tools.js";
import { walk } from "./walk.js";

function stream(name: string): Uint8Array {
  return new Uint8Array(gunzipSync(readFileSync(fixture("streams", `${name}.bin.gz`))));
}

const WHOLE = ["stm32vldiscovery", "s390", "versal-tree-cut"];

async function all(items: AsyncIterable<StreamItem>): Promise<StreamItem[]> {
  const list: StreamItem[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function* piped(bytes: Uint8Array, chunk: number) {
  for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
}

function sections(items: readonly StreamItem[], idstr: string) {
  return items.filter(isSection).filter((item) => item.idstr === idstr);
}

describe.each(WHOLE)("%s", (name) => {
  const bytes = stream(name);
  const read = () => all(readStream(bytesAsRandomAccess(bytes), { keepData: true }));

  test("is the same when it comes down a pipe", async () => {
    const expected = (await read()).map(itemToJson);
    expect((await all(readPipe(piped(bytes, 1000)))).map(itemToJson)).toEqual(expected);
  });

  test("has ends by its footers that are those by its description", async () => {
    const { items, error } = walk(bytes);
    expect(error).toBeUndefined();
    const place = (item: StreamItem) => [item.offset, item.size];
    expect(items.map(place)).toEqual((await read()).map(place));
  });

  test("is written anew byte for byte", async () => {
    const description = await findVmDescription(bytesAsRandomAccess(bytes));
    const rewriter = new StreamRewriter({}, description);
    const written = Buffer.concat([rewriter.push(bytes), rewriter.end()]);
    expect(written.equals(bytes)).toBe(true);
  });

  test("has a description whose text is what was parsed, elements of lists included", async () => {
    const item = (await read()).at(-1)!;
    if (item.type !== "vm-description") throw new Error(item.type);
    expect(vmDescriptionToJson(item.description)).toBe(item.json);
  });

  testWith(["python", "qemuScripts"], "has the state that QEMU's script prints", async (tool) => {
    const folder = mkdtempSync(join(tmpdir(), "qtrace-machine-"));
    try {
      writeFileSync(join(folder, "stream"), bytes);
      const script = join(tool.qemuScripts, "analyze-migration.py");
      const args = [script, "-f", join(folder, "stream")];
      const printed = execFileSync(tool.python, args, { encoding: "utf8", maxBuffer: 1 << 26 });
      const state = new StateCollector();
      for (const item of await read()) state.add(item);
      expect(`${stateToQemuJson(state.sections())}\n`).toBe(printed);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** The field of a device that has that name, also in structs within. */
async function field(name: string, idstr: string, wanted: string): Promise<StateField> {
  const state = new StateCollector();
  const items = readStream(bytesAsRandomAccess(stream(name)), { keepData: true });
  for await (const item of items) state.add(item);
  const devices = state.sections().filter((section) => section.idstr === idstr);
  const fields = devices.flatMap((device) =>
    device.kind === "vmstate" ? device.state.fields : [],
  );
  return fields.find(({ name: own, size }) => own === wanted && size > 5)!;
}

describe("lists and trees", () => {
  test("the elements of a list are what the guest has yet to be told of", async () => {
    const { value } = await field("s390", "s390_css", "pending_crws");
    const elements = value.kind === "list" ? value.elements : [];
    const words = elements.map(({ fields: [word] }) => word!.value);
    expect(words).toMatchObject(
      [0, 1, 2].map((rsid) => ({
        kind: "struct",
        value: { fields: [{ value: { value: 0x304 } }, { name: "rsid", value: { value: rsid } }] },
      })),
    );
  });

  test("the nodes of a tree have keys, here the frames' addresses", async () => {
    const { value } = await field("versal-tree-cut", "xlnx-cframe-reg", "cframes");
    expect(value).toMatchObject({ kind: "list", keys: [5n, 6n, 7n] });
    const elements = value.kind === "list" ? value.elements : [];
    // What was written there: 1000 times the frame's number, and the word's.
    const words = elements.map(({ fields }) => fields.map((word) => word.value));
    expect(words).toEqual(
      [0, 1000, 2000].map((base) =>
        Array.from({ length: 100 }, (_, word) => ({
          kind: "integer",
          value: base + word,
          signed: false,
        })),
      ),
    );
  });
});

describe("pages of 1 KiB", () => {
  const bytes = stream("stm32vldiscovery");

  test("are as many as the blocks have", async () => {
    const items = await all(readStream(bytesAsRandomAccess(bytes)));
    const [start, part] = sections(items, "ram");
    const length = start!.blocks!.reduce((sum, { usedLength }) => sum + usedLength, 0);
    expect(part!.ram).toEqual({ zero: length / 1024 });
  });

  test("are known by the records where nothing else tells, in any chunks", () => {
    for (const chunk of [1, 7, 65536]) {
      const sizes: number[] = [];
      const ram = { pageSize: (size: number) => sizes.push(size) };
      const { error } = walk(bytes, { ram }, chunk);
      expect([error, sizes]).toEqual([undefined, [1024]]);
    }
  });
});

describe("s390", () => {
  test("storage keys and attributes tell their own end, the keys of all pages within", async () => {
    const items = await all(readStream(bytesAsRandomAccess(stream("s390")), { keepData: true }));
    expect(sections(items, "s390-storage_attributes").map(({ end }) => end)).toEqual(
      Array(3).fill("self"),
    );
    const [keys] = sections(items, "s390-skeys");
    expect(keys).toMatchObject({ end: "self", dataSize: 8 + 8 + 1024 + 8 });
    // The guest has set the keys of the pages 1, 3 and 7 to 0x10.
    const set = [...keys!.data!.subarray(16, -8)].flatMap((key, page) =>
      key === 0x10 ? page : [],
    );
    expect(set).toEqual([1, 3, 7]);
  });
});

describe("pseries", () => {
  test("a hash table's valid entries are within its section, which tells its own end", () => {
    const { items, error } = walk(stream("pseries-htab-cut"), { keepData: true });
    const table = sections(items, "spapr/htab");
    expect(table.map(({ type, end }) => [type, end])).toEqual([
      ["section-start", "self"],
      ["section-part", "self"],
      ["section-end", "self"],
    ]);
    // The guest has entered 16, 24 and 25, 4000 to 4002: runs of one, two and three, and the last one.
    expect(table[1]!.dataSize).toBe(4 + (8 + 16) + (8 + 2 * 16) + (8 + 3 * 16) + 8);
    expect(error?.message).toContain("cut short");
  });
});
