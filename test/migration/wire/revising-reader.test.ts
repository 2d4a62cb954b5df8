/** Reading a stream whose description comes last: what is in doubt until then, and read again. */

import { describe, expect, test } from "vitest";
import { itemToJson } from "../../../src/migration/wire/item-json.js";
import { RevisingReader } from "../../../src/migration/wire/revising-reader.js";
import type { StreamItem } from "../../../src/migration/wire/stream-item.js";
import { pick, seededRandom } from "../../support/random.js";
import { bytesOf, concat, HEADER } from "./bytes.js";
import { footer, head, misleadingState } from "./misleading-state.js";

const text = (value: string) => ({ text: value });
const u32 = (value: number) => value.toString(16).padStart(8, "0");

/** Devices with their data, each described as a buffer of that length; then the end. */
function streamOf(datas: readonly Uint8Array[], between: Uint8Array = new Uint8Array(0)) {
  const devices = datas.map((data, index) => ({
    ...{ name: `d${index}`, instance_id: 0, vmsd_name: `d${index}`, version: 1 },
    fields: [{ name: "f", type: "buffer", size: data.length }],
  }));
  const json = JSON.stringify({ page_size: 4096, devices });
  const sections = datas.flatMap((data, index) => [
    head(10 + index, `d${index}`),
    data,
    footer(10 + index),
    between,
  ]);
  const description = bytesOf("06", u32(json.length), text(json));
  const [body, all] = [concat(HEADER, ...sections, bytesOf("00")), concat];
  return { body, bytes: all(body, description), description };
}

/** Takes all items that a reader has. */
function take(reader: RevisingReader): StreamItem[] {
  const items: StreamItem[] = [];
  for (let item = reader.next(); item; item = reader.next()) items.push(item);
  return items;
}

const ends = (items: readonly StreamItem[]) =>
  items.map((item) => {
    const { idstr, end, size } = itemToJson(item);
    return idstr === undefined ? item.type : `${idstr} ${end} ${size}`;
  });

describe("devices whose data look like ends and beginnings of items", () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))("seed %i", async (seed) => {
    const random = seededRandom(seed);
    const datas = Array.from({ length: 1 + random(4) }, (_, index) =>
      misleadingState(random, 10 + index, 4 - index),
    );
    const { bytes } = streamOf(datas);
    const reader = new RevisingReader();
    const items: StreamItem[] = [];
    const most = pick(random, [3, 100, 10_000]);
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + random(most);
      reader.append(bytes.subarray(at, at + size));
      items.push(...take(reader));
      at += size;
    }
    reader.end();
    items.push(...take(reader));
    await reader.settle();
    items.push(...take(reader));
    expect(ends(items)).toEqual([
      "configuration",
      // Type, id, the idstr, instance and version: 16 bytes before the data, 5 after it.
      ...datas.map((data, index) => `d${index} described ${16 + data.length + 5}`),
      ...["eof", "vm-description"],
    ]);
    expect([reader.done, reader.inDoubt, reader.offset]).toEqual([true, false, bytes.length]);
  });
});

describe("what is in doubt", () => {
  const data = bytesOf("aabbcc");
  /** So much that the end of a section before it is looked for no further: 30 commands. */
  const pings = bytesOf("08 0002 0004 00000001".repeat(30));

  test("starts with the first device, and ends with the description", () => {
    const { body, description } = streamOf([data]);
    const reader = new RevisingReader();
    reader.append(HEADER);
    reader.append(bytesOf("08 0001 0000"));
    expect(ends(take(reader))).toEqual(["configuration", "command"]);
    expect([reader.inDoubt, reader.withholdsCommand]).toEqual([false, false]);
    reader.append(body.subarray(HEADER.length));
    expect(take(reader)).toEqual([]);
    expect([reader.inDoubt, reader.withholdsCommand, reader.failed]).toEqual([true, false, false]);
    reader.append(description);
    reader.end();
    expect(ends(take(reader))).toEqual(["d0 described 24", "eof", "vm-description"]);
    expect([reader.inDoubt, reader.done]).toEqual([false, true]);
  });

  test("may be a command, which its sender awaits an answer to", () => {
    const { body } = streamOf([data], concat(pings, pings));
    const reader = new RevisingReader();
    reader.append(body.subarray(0, -1));
    expect(ends(take(reader))).toEqual(["configuration"]);
    expect([reader.inDoubt, reader.withholdsCommand]).toEqual([true, true]);
    reader.believe();
    expect(ends(take(reader)).slice(0, 2)).toEqual(["d0 footer 24", "command"]);
    expect([reader.inDoubt, reader.withholdsCommand]).toEqual([false, false]);
  });

  test("is certain where memory follows, or the description is known before", () => {
    const htab = bytesOf("01 00000002 0a", text("spapr/htab"), "00000000 00000001 00000012");
    const parts = concat(bytesOf("02 00000002 00000012"), footer(2));
    const { body } = streamOf([data], concat(htab, footer(2), ...Array(30).fill(parts)));
    const reader = new RevisingReader();
    reader.append(body.subarray(0, -1));
    const [configuration, ...rest] = ends(take(reader));
    expect([configuration, ...rest.slice(0, 2)]).toEqual([
      ...["configuration", "d0 footer 24", "spapr/htab self 33"],
    ]);
    expect(reader.inDoubt).toBe(false);
    const device = { name: "d0", instanceId: 0, vmsdName: "d0", version: 1, subsections: [] };
    const fields = [{ name: "f", type: "buffer", size: 3 }];
    const known = new RevisingReader({
      description: { pageSize: 4096, devices: [{ ...device, fields }] },
    });
    known.append(body.subarray(0, -1));
    expect(ends(take(known)).slice(0, 2)).toEqual(["configuration", "d0 described 24"]);
    expect(known.inDoubt).toBe(false);
  });

  test("is believed where no description comes, and its failure thrown then", async () => {
    const { body } = streamOf([data], pings);
    const reader = new RevisingReader();
    reader.append(concat(body.subarray(0, -1), bytesOf("ff".repeat(300))));
    expect(ends(take(reader))).toEqual(["configuration"]);
    expect([reader.failed, await reader.seekDescription(), reader.failed]).toEqual([
      ...[true, false, true],
    ]);
    reader.end();
    await reader.settle();
    expect(reader.next()?.type).toBe("section-full");
    for (let ping = 0; ping < 30; ping++) expect(reader.next()?.type).toBe("command");
    expect(() => reader.next()).toThrow("unknown item type 0xff at byte 0x137");
    expect([reader.failed, reader.inDoubt, await reader.seekDescription()]).toEqual([
      ...[false, false, false],
    ]);
  });

  test("is read again where it is not as described, and its observers are notified", async () => {
    // A footer within the data, which a section seems to follow.
    const misleading = concat(
      bytesOf("aa"),
      footer(10),
      bytesOf("00 06 00000002"),
      bytesOf(text("{}")),
    );
    const { bytes } = streamOf([misleading, data]);
    const first: number[] = [];
    const second: number[] = [];
    const reader = new RevisingReader({
      observer: { section: ({ dataOffset }) => first.push(dataOffset) },
      again: () => ({ section: ({ dataOffset }) => second.push(dataOffset) }),
    });
    // What seems to be the end has more after it: reading fails until it is read again.
    reader.append(bytes);
    reader.end();
    expect(ends(take(reader))).toEqual(["configuration"]);
    expect([reader.failed, reader.inDoubt]).toEqual([true, true]);
    expect(await reader.seekDescription()).toBe(true);
    expect([reader.failed, reader.inDoubt]).toEqual([false, false]);
    expect(ends(take(reader)).slice(0, 2)).toEqual([
      `d0 described ${21 + misleading.length}`,
      "d1 described 24",
    ]);
    expect(first).toEqual([17 + 16]);
    expect(second).toEqual([33, 33 + misleading.length + 21]);
  });
});
