import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type ItemJson, itemToJson } from "../../../src/migration/wire/item-json.js";
import { RECORDINGS } from "../../support/recording-names.js";
import { describeWith, sharedPath } from "../../support/tools.js";
import { readRecording } from "./recordings.js";
import { walk } from "./walk.js";

/** What QEMU's destination traced of each item, in words common to both forms of its log. */
function traced(name: string): string[] {
  const log = readFileSync(sharedPath("recordings", name, "destination.log"), "utf8");
  return log.split("\n").flatMap((line) => {
    const [, event, rest] = /(?:qemu_)?(loadvm_\w+) ?(.*)$/.exec(line) ?? [];
    if (event === "loadvm_state_section") return [`type ${rest}`];
    if (event === "loadvm_state_section_startfull") return [`named ${rest}`];
    if (event === "loadvm_state_section_partend") return [`goes on ${rest}`];
    return event === "loadvm_process_command" ? [`command ${rest}`] : [];
  });
}

/** What it must have traced of an item; of what stands before and behind the loop, nothing. */
function expected(item: ItemJson): string[] {
  switch (item.type) {
    case 1:
    case 4:
      return [
        `type ${item.type}`,
        `named ${item.section}(${item.idstr}) ${item.instance} ${item.version}`,
      ];
    case 2:
    case 3:
      return [`type ${item.type}`, `goes on ${item.section}`];
    case 8:
      return ["type 8", `command com=${item.name} len=${item.payload!.length / 2}`];
    default:
      return item.type === 0 ? ["type 0"] : [];
  }
}

describeWith(["shared"], "the items are those that QEMU's destination read, one for one", () => {
  test.each(RECORDINGS)("%s", async (name) => {
    const { bytes, description } = await readRecording(name);
    const items = walk(bytes, description ? { description } : {}).items.map(itemToJson);
    const ours = items.flatMap(expected);
    // In postcopy, one thread reads the package and another what comes behind it.
    const inOrder = (events: string[]) => (name === "q35-postcopy" ? events.toSorted() : events);
    expect(inOrder(ours)).toEqual(inOrder(traced(name)));
  });
});
