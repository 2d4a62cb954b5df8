import { expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { writeConfiguration } from "../../../src/migration/wire/configuration.js";
import { bytesOf, concat, HEADER } from "./bytes.js";
import { walk } from "./walk.js";

test("all subsections are read as they were written", () => {
  const configuration = {
    machine: "virt-10.0",
    subsections: [
      "configuration/target-page-bits",
      "configuration/capabilities",
      "configuration/uuid",
    ],
    capabilities: ["x-ignore-shared", "mapped-ram"],
    targetPageBits: 14,
    uuid: "00112233445566778899aabbccddeeff",
  };
  const writer = new ByteWriter("big").bytes(bytesOf("5145564d 00000003"));
  writeConfiguration(writer, configuration);
  const { items, error } = walk(writer.u8(0).take());
  expect(error).toBeUndefined();
  expect(items[0]).toMatchObject({ type: "configuration", ...configuration });
});

test("an unknown subsection", () => {
  const subsection = bytesOf("05 01 78 00000001");
  expect(walk(concat(HEADER, subsection)).error?.message).toBe(
    'unknown subsection "x" at byte 0x11',
  );
});
