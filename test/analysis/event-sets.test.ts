import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { eventPatterns, eventSets } from "../../src/analysis/event-sets.js";
import { relevantEvents } from "../../src/analysis/relevant-events.js";
import { parsePattern } from "../../src/runtime/pattern.js";
import { describeWith, sharedPath } from "../support/tools.js";

function setNamed(name: string) {
  return eventSets.find((set) => set.name === name)!;
}

/** The names that patterns match among some. */
function matched(patterns: readonly string[], names: Iterable<string>): string[] {
  const parsed = patterns.map((pattern) => parsePattern(pattern));
  return [...names].filter((name) => parsed.some((pattern) => pattern.matches(name))).sort();
}

test("the full sets have every event that the analysis reads", () => {
  const patterns = ["migration-full", "postcopy", "devices"].flatMap(
    (name) => eventPatterns(setNamed(name))!,
  );
  expect(matched(patterns, relevantEvents)).toEqual([...relevantEvents].sort());
});

test("the small set has what phases, rounds, sections and the downtime are found by", () => {
  const needed = [
    "loadvm_process_command",
    "migrate_pending_exact",
    "migrate_set_state",
    "migration_bitmap_sync_end",
    "migration_bitmap_sync_start",
    "process_incoming_migration_co_end",
    "qemu_loadvm_state_section_partend",
    "qemu_loadvm_state_section_startfull",
    "savevm_command_send",
    "savevm_section_end",
    "savevm_section_start",
    "source_return_path_thread_pong",
    "vm_state_notify",
    "vmstate_downtime_checkpoint",
    "vmstate_downtime_load",
    "vmstate_downtime_save",
  ];
  expect(matched(eventPatterns(setNamed("migration"))!, needed)).toEqual(needed);
});

test("the small set has none of the events of which there are thousands", () => {
  const many = [
    "migration_transferred_bytes",
    "postcopy_place_page_zero",
    "ram_load_loop",
    "vmstate_load_state",
    "vmstate_load_state_field",
    "vmstate_save_state_loop",
    "vmstate_subsection_load",
  ];
  expect(matched(eventPatterns(setNamed("migration"))!, many)).toEqual([]);
  expect(matched(eventPatterns(setNamed("postcopy"))!, many)).toEqual([]);
});

test.each([
  ["7.2", ["migrate_fd_error", "migrate_pending", "vmstate_load", "vmstate_save"]],
  ["10.0.2", ["migrate_error", "migrate_pending_exact", "vmstate_downtime_*"]],
  ["11.1", ["migrate_error", "qemu_savevm_query_pending", "vmstate_downtime_*"]],
])("QEMU %s has its own names", (version, own) => {
  const others = [
    "migrate_error",
    "migrate_fd_error",
    "migrate_pending",
    "migrate_pending_exact",
    "qemu_savevm_query_pending",
    "vmstate_downtime_*",
    "vmstate_load",
    "vmstate_save",
  ];
  const patterns = eventPatterns(setNamed("migration"), version)!;
  expect(others.filter((name) => patterns.includes(name))).toEqual(own);
});

test.each(["7.1", "11.2", "10", "ten", ""])("a version of '%s' is not known", (version) => {
  expect(eventPatterns(setNamed("migration"), version)).toBeUndefined();
});

describeWith(["shared"], "QEMU's own declarations", () => {
  const versions = ["10.0.2", "10.2.2", "11.1.3"];
  const cases = versions.flatMap((version) => eventSets.map((set) => [version, set.name] as const));
  test.each(cases)("QEMU %s has all of the set %s", (version, name) => {
    const file = sharedPath("corpus", `qemu-${version}`, "trace-events-all");
    const declared = [...readFileSync(file, "utf8").matchAll(/^(?:disable )?(\w+)\(/gm)].map(
      ([, event]) => event!,
    );
    const patterns = eventPatterns(setNamed(name), version)!;
    expect(patterns.filter((pattern) => matched([pattern], declared).length === 0)).toEqual([]);
  });

  test.each(versions)("what is left out for QEMU %s, it does not have", (version) => {
    const file = sharedPath("corpus", `qemu-${version}`, "trace-events-all");
    const text = readFileSync(file, "utf8");
    for (const set of eventSets) {
      const kept = eventPatterns(set, version)!;
      const left = eventPatterns(set)!.filter((pattern) => !kept.includes(pattern));
      // vmstate_save and vmstate_load are there, and not needed.
      const there = left.filter((name) => new RegExp(`^${name}\\(`, "m").test(text));
      expect(there.filter((name) => !/^vmstate_(save|load)$/.test(name))).toEqual([]);
    }
  });
});
