import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { DecodeError } from "../../../src/bytes/decode-error.js";
import { readPipe } from "../../../src/migration/wire/read-pipe.js";
import { isSection, type StreamItem } from "../../../src/migration/wire/stream-item.js";
import { writeVmDescription } from "../../../src/migration/wire/vm-description-item.js";
import { RECORDINGS } from "../../support/recording-names.js";
import { describeWith } from "../../support/tools.js";
import { bytesOf, concat, HEADER } from "./bytes.js";
import { readRecording } from "./recordings.js";
import { walk } from "./walk.js";

/** The items of a stream that comes in chunks. */
async function piped(bytes: Uint8Array, chunk = 65536) {
  const items: StreamItem[] = [];
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  try {
    for await (const item of readPipe(chunks())) items.push(item);
  } catch (error) {
    if (error instanceof DecodeError) return { items, error };
    throw error;
  }
  return { items, error: undefined };
}

describeWith(["shared"], "a stream from a pipe has the same items as from a file", () => {
  test.each(RECORDINGS)("%s", async (name) => {
    const { bytes, description } = await readRecording(name);
    expect(await piped(bytes)).toEqual(walk(bytes, description ? { description } : {}));
  });

  test("also byte by byte", async () => {
    const { bytes, description } = await readRecording("microvm-file");
    expect(await piped(bytes, 1)).toEqual(walk(bytes, { description: description! }));
  });
});

describe("what only the description tells", () => {
  const head = bytesOf("04 00000002 01", { text: "x" }, "00000000 00000001");
  /** Looks like a footer, the end of the state and a description. */
  const misleading = bytesOf("aa 7e 00000002 00 06 00000002 7b7d bb");
  const field = { name: "f", type: "buffer", size: misleading.length };
  const device = { name: "x", instanceId: 0, vmsdName: "x", version: 1, subsections: [] };
  const writer = new ByteWriter("big");
  writeVmDescription(writer, { pageSize: 4096, devices: [{ ...device, fields: [field] }] });
  const stream = concat(HEADER, head, misleading, bytesOf("7e 00000002 00"), writer.take());

  test("data that looks like a footer and an end is read as it is described", async () => {
    const { items, error } = await piped(stream);
    expect(error).toBeUndefined();
    expect(items.filter(isSection)).toMatchObject([
      { end: "described", dataSize: misleading.length },
    ]);
    expect(items.length).toBe(4);
  });

  test("cut before the description, it is what the footer says", async () => {
    const { items, error } = await piped(stream.subarray(0, -10));
    expect(error).toBeDefined();
    expect(items.filter(isSection)).toMatchObject([{ end: "footer", dataSize: 1 }]);
  });
});
