import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { recordMaker } from "../support/made-records.js";
import { ownEvents } from "../support/recordings.js";

const make = recordMaker(ownEvents);
const failed = make([1, "migrate_set_state", "setup"], [2, "migrate_set_state", "failed"]);

/** A destination that failed with these lines on stderr. */
function failureOf(...lines: string[]) {
  const destinationMessages = lines.map((text, offset) => ({ text, offset }));
  return analyze({ destination: failed, destinationMessages }).outcome;
}

/** What QEMU 10.0 writes on stderr if the destination is not like the source. */
describe("the cause of a migration that failed at the destination", () => {
  const end = "qemu-system-x86_64: load of migration failed: Invalid argument";

  test("a device that the destination does not have", () => {
    const { error, failure } = failureOf(
      "qemu-system-x86_64: Unknown savevm section or instance '0000:00:01.0/virtio-rng' 0. Make sure that your current VM setup matches your saved VM setup, including any hotplugged devices",
      end,
    );
    expect(error).toMatch(/^Unknown savevm section or instance '0000:00:01\.0\/virtio-rng' 0\./);
    expect(failure).toMatchObject({ device: "0000:00:01.0/virtio-rng", instance: 0 });
    expect(failure!.hint).toContain("start it with the same devices");
  });

  test("memory of another size, before the error that follows from it", () => {
    const { error, failure } = failureOf(
      "qemu-system-x86_64: Size mismatch: pc.ram: 0x2000000 != 0x4000000: Invalid argument",
      "qemu-system-x86_64: error while loading state for instance 0x0 of device 'ram'",
      end,
    );
    expect(error).toMatch(/^Size mismatch: pc\.ram/);
    expect(failure).toMatchObject({ device: "ram", instance: 0 });
    expect(failure!.hint).toContain("RAM block has another size");
  });

  test("a RAM block that the destination does not have; a warning is not an error", () => {
    const { error, failure } = failureOf(
      "qemu-system-x86_64: warning: nic e1000.0 has no peer",
      `qemu-system-x86_64: Unknown ramblock "0000:00:02.0/e1000e.rom", cannot accept migration`,
      "qemu-system-x86_64: error while loading state for instance 0x0 of device 'ram'",
      end,
    );
    expect(error).toMatch(/^Unknown ramblock/);
    expect(failure!.hint).toContain("other RAM blocks");
    expect(failure!.errors.join()).not.toContain("peer");
  });

  test("another machine type, which no section is to blame for", () => {
    const { error, failure } = failureOf(
      "qemu-system-x86_64: Machine type received is 'pc-q35-9.2' and local is 'pc-q35-9.1'",
      end,
    );
    expect(error).toMatch(/^Machine type received/);
    expect(failure).toMatchObject({ device: undefined, instance: undefined });
    expect(failure!.hint).toContain("different machine types");
  });

  test("an instance is read as QEMU prints it, in decimal or hexadecimal", () => {
    const decimal = failureOf("qemu-kvm: Unknown savevm section or instance 'dma' 10.");
    expect(decimal.failure).toMatchObject({ device: "dma", instance: 10 });
    const hexadecimal = failureOf(
      "qemu-kvm: error while loading state for instance 0x10 of device 'dma'",
    );
    expect(hexadecimal.failure).toMatchObject({ device: "dma", instance: 16 });
  });
});

test("a source alone knows little of why: the destination's log is asked for", () => {
  const { outcome } = analyze({ source: failed });
  expect(outcome.failure).toMatchObject({ side: "source", hint: expect.stringContaining("log") });
});

test("a migration that was cancelled did not fail", () => {
  const cancelled = make([1, "migrate_set_state", "setup"], [2, "migrate_set_state", "cancelled"]);
  const { outcome } = analyze({ source: cancelled, destination: failed });
  expect(outcome).toMatchObject({ state: "cancelled", failure: undefined });
});
