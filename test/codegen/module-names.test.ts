import { describe, expect, test } from "vitest";
import { ModuleNames } from "../../src/codegen/module-names.js";
import { modelsOf } from "../runtime/trace-events-of.js";

const eventOf = (name: string) => modelsOf(`${name}(void)\n`)[0]!;

describe("the names that a module declares", () => {
  test.each([
    ["migration", "migrationGroup", "MigrationRecord"],
    ["hw_net", "hwNetGroup", "HwNetRecord"],
    ["_hw__net_", "hwNetGroup", "HwNetRecord"],
    ["a", "aGroup", "ARecord"],
    ["9pfs", "_9pfsGroup", "_9pfsRecord"],
    ["hw_9pfs", "hw9pfsGroup", "Hw9pfsRecord"],
    ["_", "Group", "Record"],
  ])("for the group %s are %s and %s", (group, constant, union) => {
    const names = new ModuleNames([]);
    expect([names.group(group), names.union(group)]).toEqual([constant, union]);
  });

  test.each([
    ["runstate_set", "TRACE_RUNSTATE_SET", "RunstateSetRecord"],
    ["qmp_", "TRACE_QMP_", "QmpRecord"],
    ["_1st", "TRACE__1ST", "_1stRecord"],
    ["mixedCase", "TRACE_MIXEDCASE", "MixedCaseRecord"],
  ])("for the event %s are %s and %s", (name, state, record) => {
    const names = new ModuleNames([]);
    expect([names.state(eventOf(name)), names.record(eventOf(name))]).toEqual([state, record]);
  });

  test("get as many underscores as make them differ from each other and from imports", () => {
    const names = new ModuleNames(["ARecord", "bGroup"]);
    expect(names.group("b")).toBe("bGroup_");
    expect(names.record(eventOf("a"))).toBe("ARecord_");
    expect(names.record(eventOf("A"))).toBe("ARecord__");
    expect(names.union("a_")).toBe("ARecord___");
    expect(names.state(eventOf("a"))).toBe("TRACE_A");
    expect(names.state(eventOf("A"))).toBe("TRACE_A_");
  });

  test("are identifiers", () => {
    expect(() => new ModuleNames([]).group("a-b")).toThrow(
      new TypeError('no tracer can have the name "a-bGroup" in it'),
    );
  });
});
