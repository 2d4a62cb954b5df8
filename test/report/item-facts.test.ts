import { expect, test } from "vitest";
import type { StreamItem } from "../../src/migration/wire/stream-item.js";
import { itemFacts } from "../../src/report/item-facts.js";

const place = { offset: 0, size: 9, depth: 0 };
const section = {
  ...{ ...place, type: "section-full", sectionId: 3, idstr: "vga", instanceId: 1, version: 2 },
  ...{ dataOffset: 255, dataSize: 10, end: "described", footer: true },
};
const facts = (item: object) => itemFacts(item as StreamItem);

test("a section says how its end was found, and its version at its first part", () => {
  const common = (version: readonly string[], end: string, footer: string) => [
    ["section id", "3"],
    ["instance", "1"],
    ...(version.length > 0 ? [["version", version[0]]] : []),
    ["data", "10 B at 0xff"],
    ["end found by", end],
    ["footer", footer],
  ];
  const described = "the stream's VMDESCRIPTION";
  expect(facts(section)).toEqual(common(["2"], described, "yes"));
  expect(facts({ ...section, type: "section-start", end: "self" })).toEqual(
    common(["2"], "its own records", "yes"),
  );
  expect(facts({ ...section, type: "section-part", end: "footer" })).toEqual(
    common([], "a search for its footer", "yes"),
  );
  expect(facts({ ...section, type: "section-end", footer: false })).toEqual(
    common([], described, "none"),
  );
});

test("a section of RAM says its records and blocks", () => {
  const ram = { page: 3, zero: 1 };
  const blocks = [
    { name: "pc.ram", usedLength: 2048 },
    { name: "vga", usedLength: 512 },
  ];
  expect(facts({ ...section, ram, blocks }).slice(6)).toEqual([
    ["RAM records", "3 page, 1 zero"],
    ["block pc.ram", "2.00 KiB"],
    ["block vga", "512 B"],
  ]);
});

test.each([
  [{ payload: new Uint8Array(0) }, []],
  [{ payload: Uint8Array.of(1, 0xab) }, [["payload", "01 ab"]]],
  [{ payload: new Uint8Array(32) }, [["payload", `00${" 00".repeat(31)}`]]],
  [{ payload: new Uint8Array(33) }, [["payload", `00${" 00".repeat(31)} … (33 B)`]]],
])("a command shows at most 32 bytes of its payload: %o", (command, expected) => {
  expect(facts({ ...place, type: "command", ...command })).toEqual(expected);
});

test("a configuration shows only what it has", () => {
  const configuration = { ...place, type: "configuration", machine: "microvm" };
  expect(facts({ ...configuration, capabilities: [], subsections: [] })).toEqual([
    ["machine", "microvm"],
  ]);
  expect(
    facts({ ...configuration, capabilities: ["a", "b"], subsections: ["configuration/uuid"] }),
  ).toEqual([
    ["machine", "microvm"],
    ["capabilities", "a, b"],
    ["subsections", "configuration/uuid"],
  ]);
});

test("a description counts its devices; the end of the stream says nothing", () => {
  const description = { pageSize: 4096, devices: [{}, {}] };
  expect(facts({ ...place, type: "vm-description", description })).toEqual([
    ["devices", "2"],
    ["page size", "4.00 KiB"],
  ]);
  expect(facts({ ...place, type: "eof" })).toEqual([]);
});
