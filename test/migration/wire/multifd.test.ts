import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { DecodeError } from "../../../src/bytes/decode-error.js";
import { MultifdDeviceStates } from "../../../src/migration/wire/multifd-device-states.js";
import type { MultifdItem } from "../../../src/migration/wire/multifd-packet.js";
import { MultifdReader } from "../../../src/migration/wire/multifd-reader.js";
import { MultifdCounter } from "../../../src/migration/wire/multifd-summary.js";
import { MultifdWriter } from "../../../src/migration/wire/multifd-writer.js";
import { describeWith, sharedPath } from "../../support/tools.js";
import { concat } from "./bytes.js";

/** Reads a channel; `written` puts it together anew from nothing but what was read. */
function channelOf(bytes: Uint8Array, chunk = 65536) {
  const items: MultifdItem[] = [];
  const writer = new MultifdWriter();
  let payload = new Uint8Array(0);
  const reader = new MultifdReader({ payload: (_, data) => (payload = data.slice()) });
  let error: DecodeError | undefined;
  try {
    for (let at = 0; at <= bytes.length; at += chunk) {
      reader.append(bytes.subarray(at, at + chunk));
      if (at + chunk >= bytes.length) reader.end();
      for (let item = reader.next(); item; item = reader.next()) {
        items.push(item);
        if (item.type === "hello") writer.hello(item);
        else if (item.type === "pages") writer.pages(item, payload);
        else writer.deviceState(item, payload);
        payload = new Uint8Array(0);
      }
    }
  } catch (caught) {
    if (!(caught instanceof DecodeError)) throw caught;
    error = caught;
  }
  return { items, error, written: writer.take() };
}

describeWith(["shared"], "the channels of q35-multifd", () => {
  const channel = (number: number) =>
    new Uint8Array(readFileSync(sharedPath("recordings", "q35-multifd", `channel${number}.bin`)));

  test("are those of an independent walk", () => {
    const lines = readFileSync(sharedPath("recordings", "q35-multifd", "multifd.jsonl"), "utf8");
    const summaries = [1, 2].map((number) => {
      const counter = new MultifdCounter();
      for (const item of channelOf(channel(number)).items) counter.add(item);
      return counter.summary;
    });
    const truth = lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(summaries).toEqual(truth.map(({ length: _, ...summary }) => summary));
  });

  test.each([1, 2])("channel %i: read and written anew, the bytes are the same", (number) => {
    const bytes = channel(number);
    expect(Buffer.compare(channelOf(bytes).written, bytes)).toBe(0);
  });

  test.each([1000, 4093])("in chunks of %i bytes, the same items", (chunk) => {
    expect(channelOf(channel(1), chunk).items).toEqual(channelOf(channel(1)).items);
  });

  test("cut around each packet's end: what was whole, then one error", () => {
    const bytes = channel(1);
    const { items } = channelOf(bytes);
    for (const { offset, size } of items.slice(0, 12)) {
      for (let cut = offset + size - 3; cut <= offset + size + 3; cut += 1) {
        const read = channelOf(bytes.subarray(0, cut));
        const whole = items.filter((item) => item.offset + item.size <= cut);
        expect(read.items).toEqual(whole);
        expect(read.error !== undefined).toBe(cut !== offset + size);
      }
    }
  });
});

describe("packets", () => {
  const pages = {
    flags: 0,
    allocated: 128,
    packetNumber: 7n,
    block: "ram",
    normal: [4096],
    zero: [0],
  };
  const hello = new MultifdWriter()
    .hello({ uuid: "00112233445566778899aabbccddeeff", channel: 3 })
    .take();

  test("device state", () => {
    const packet = new MultifdWriter()
      .deviceState({ flags: 64, idstr: "0000:00:05.0/vfio", instanceId: 1 }, Uint8Array.of(1, 2))
      .take();
    expect(channelOf(concat(hello, packet)).items[1]).toMatchObject({
      type: "device-state",
      idstr: "0000:00:05.0/vfio",
      instanceId: 1,
      payloadSize: 2,
      size: 278,
    });
  });

  test("device state is joined over the channels, in the order that its numbers tell", () => {
    const states = new MultifdDeviceStates();
    const vfio = (index: number, flags: number, length: number) => {
      const payload = new ByteWriter("big").u32(0).u32(index).u32(flags);
      const device = { flags: 64, idstr: "0000:00:05.0/vfio", instanceId: 0 };
      return new MultifdWriter()
        .deviceState(device, payload.bytes(new Uint8Array(length)).take())
        .take();
    };
    const other = new MultifdWriter()
      .deviceState({ flags: 64, idstr: "other", instanceId: 2 }, Uint8Array.of(1))
      .take();
    for (const packets of [[vfio(0, 0, 100), other, vfio(3, 1, 20)], [vfio(1, 0, 70_000)]]) {
      const reader = new MultifdReader({ deviceState: states.add.bind(states) });
      reader.append(concat(hello, ...packets));
      reader.end();
      while (reader.next());
    }
    expect(states.devices()).toEqual([
      {
        idstr: "0000:00:05.0/vfio",
        instanceId: 0,
        packets: 3,
        size: 3 * 12 + 100 + 20 + 70_000,
        numbered: { config: 20, missing: 1 },
      },
      { idstr: "other", instanceId: 2, packets: 1, size: 1 },
    ]);
  });

  test("a sync point has room for no page, but the array of offsets whole", () => {
    const { items } = channelOf(concat(hello, new MultifdWriter().sync(9n).take()));
    expect(items[1]).toMatchObject({ flags: 1, allocated: 0, packetNumber: 9n, size: 320 + 1024 });
  });

  test("a sync point that states the payload of the packet before has none, as of QEMU 5.2", () => {
    const unused = { head: new Uint8Array(28), name: new Uint8Array(256) };
    const offsets = new Uint8Array(1024);
    const stale = { ...pages, flags: 1, allocated: 128, packetNumber: 8n, block: "" };
    const bytes = new MultifdWriter()
      .pages(pages, new Uint8Array(4096))
      .pages({ ...stale, normal: [], zero: [], unused: { ...unused, offsets, payloadSize: 4096 } })
      .pages({ ...pages, packetNumber: 9n }, new Uint8Array(4096))
      .take();
    const { items, error, written } = channelOf(concat(hello, bytes));
    expect(error).toBeUndefined();
    expect(items.slice(1)).toMatchObject([
      { packetNumber: 7n, payloadSize: 4096 },
      { packetNumber: 8n, payloadSize: 0, size: 320 + 1024 },
      { packetNumber: 9n, payloadSize: 4096 },
    ]);
    expect(Buffer.compare(written, concat(hello, bytes))).toBe(0);
  });

  test.each([
    ["more pages than room", { ...pages, allocated: 1 }, "1 + 1 pages of 1"],
    ["more room than 512 KiB", { ...pages, allocated: 129 }, "room for 129 pages"],
    [
      "two pages where one is sent",
      { ...pages, normal: [0, 4096] },
      "payload of 4096 bytes for 8192 of pages",
    ],
    ["flags of no compression", { ...pages, flags: 6 }, "flags 0x6"],
  ])("%s", (_, packet, message) => {
    const bytes = new MultifdWriter().pages(packet, new Uint8Array(4096)).take();
    const { error } = channelOf(concat(hello, bytes));
    expect(error?.message).toContain(message);
    expect(error?.path).toEqual(["packet 0"]);
  });
});
