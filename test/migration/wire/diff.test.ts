import { describe, expect, test, vi } from "vitest";
import { diffItems } from "../../../src/migration/wire/diff-items.js";
import { diffStates } from "../../../src/migration/wire/diff-states.js";
import { type SectionState, StateCollector } from "../../../src/migration/wire/state-collector.js";
import type { StreamItem } from "../../../src/migration/wire/stream-item.js";
import { describeWith } from "../../support/tools.js";
import { readRecording } from "./recordings.js";
import { walk } from "./walk.js";

async function read(name: string) {
  const { bytes, description } = await readRecording(name);
  return walk(bytes, { keepData: true, ...(description && { description }) }).items;
}

async function stateOf(name: string): Promise<SectionState[]> {
  const collector = new StateCollector();
  for (const item of await read(name)) collector.add(item);
  return collector.sections();
}

describeWith(["shared"], "two states", () => {
  test("that are the same", async () => {
    expect(diffStates(await stateOf("microvm-file"), await stateOf("microvm-file"))).toEqual([]);
  });

  test("of the same machine: by device and field", async () => {
    const differences = diffStates(await stateOf("q35-precopy"), await stateOf("q35-multifd"));
    expect(differences).toContainEqual({
      device: "cpu",
      path: "env.regs[3]",
      a: "0x000000000011e000",
      b: "0x0000000000173000",
    });
    const clocks = ["timer", "cpu", "mc146818rtc", "i8254", "0000:00:02.0/xhci"];
    expect(clocks).toEqual(
      expect.arrayContaining([...new Set(differences.map(({ device }) => device))]),
    );
  });

  test("of different machines: devices that one has", async () => {
    const differences = diffStates(
      await stateOf("microvm-file"),
      await stateOf("virt-aarch64-file"),
    );
    expect(differences).toContainEqual({ device: "apic", path: "", a: "181 bytes", b: undefined });
    expect(differences).toContainEqual({
      device: "pl011",
      path: "",
      a: undefined,
      b: expect.any(String),
    });
    expect(differences).toContainEqual({
      device: "ram",
      path: "pc.bios",
      a: "131072 bytes",
      b: undefined,
    });
  });
});

describeWith(["shared"], "two streams by item", () => {
  test("what one has and the other has not, in order", async () => {
    const runs = diffItems(await read("q35-precopy"), await read("pc-9.2-xbzrle"));
    const alone = runs.filter((run) => run.in !== "both").map((run) => [run.in, run.what]);
    expect(alone).toContainEqual(["a", "command SWITCHOVER_START"]);
    expect(alone).toContainEqual(["a", "section-full 0000:00:02.0/xhci 0"]);
    expect(alone).toContainEqual(["b", "section-full 0000:00:00.0/I440FX 0"]);
    const ram = runs.find(({ what }) => what === "section-part ram 0");
    expect(ram).toMatchObject({ in: "both", a: { items: 16 } });
  });
});

describe("nothing", () => {
  test("is the same as nothing", () => {
    expect(diffItems([], [])).toEqual([]);
    expect(diffStates([], [])).toEqual([]);
  });
});

/** Parts of two sections in turn: so many runs of one item. */
function alternating(count: number, names: readonly string[] = ["ram", "htab"]): StreamItem[] {
  return Array.from({ length: count }, (_, index) => part(names[index % names.length]!));
}

function part(idstr: string): StreamItem {
  return { type: "section-part", idstr, instanceId: 0, size: 10 } as StreamItem;
}

describe("streams of tens of thousands of runs", () => {
  test("one more in the midst hides nothing of the rest", () => {
    const a = alternating(40_000);
    const b = [...a.slice(0, 20_001), part("dirty-bitmap"), ...a.slice(20_001, 39_000)];
    const inOrder = vi.fn();
    const runs = diffItems(a, b, inOrder);
    const alone = runs.filter((run) => run.in !== "both");
    expect(alone[0]).toMatchObject({ in: "b", what: "section-part dirty-bitmap 0" });
    expect(alone.slice(1)).toHaveLength(1000);
    expect(alone.slice(1).every((run) => run.in === "a")).toBe(true);
    expect(inOrder).not.toHaveBeenCalled();
  });

  test("that have too little in common are compared by their numbers, and it is told", () => {
    const inOrder = vi.fn();
    const runs = diffItems(alternating(20_000), alternating(20_000, ["ram", "x", "y"]), inOrder);
    expect(inOrder).toHaveBeenCalledOnce();
    const sum = (side: "a" | "b") => runs.reduce((total, run) => total + run[side].items, 0);
    expect([sum("a"), sum("b")]).toEqual([20_000, 20_000]);
    expect(runs.filter((run) => run.in === "both").length).toBeGreaterThan(3000);
  });
});
