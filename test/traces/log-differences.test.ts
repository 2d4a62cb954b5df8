/**
 * A recording's simpletrace beside its log, line for line. These differences there are, and no others:
 * the destination's first event came before its log was open; simpletrace cannot tell a null string
 * from an empty one; and two threads' lines may stand swapped.
 */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openTrace } from "../../src/traces/open-trace.js";
import { renderText } from "../../src/traces/render-text.js";
import { eventTable } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

const recordings = [
  ["microvm-file", 0],
  ["q35-precopy", 0],
  ["q35-postcopy", 20],
  ["q35-multifd", 20],
  ["pc-mapped-ram", 0],
  ["pc-9.2-xbzrle", 0],
] as const;

describeWith(["shared"], "the text of a simpletrace and the log of the same run", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));

  async function linesOf(name: string, file: string): Promise<string[]> {
    const lines: string[] = [];
    const path = sharedPath("recordings", name, file);
    for await (const record of openTrace(readFileSync(path), events)) {
      if (record.type === "event" && record.text !== undefined)
        lines.push(`${record.name} ${record.text}`);
      else if (record.type !== "text") lines.push(renderText(record));
    }
    return lines;
  }

  const cases = recordings.flatMap(([name, swaps]) =>
    (["source", "destination"] as const).map((side) => [name, side, swaps] as const),
  );

  test.each(cases)("%s, %s", async (name, side, swapped) => {
    const log = await linesOf(name, `${side}.log`);
    let ours = await linesOf(name, `${side}.simpletrace`);
    if (side === "destination") {
      expect(ours[0]).toMatch(/^runstate_set /);
      ours = ours.slice(1);
    }
    expect(ours.length).toBe(log.length);
    // A null string: nothing but the one argument that is null now and then.
    const nulls = log.filter((line) => line.includes("(null)"));
    expect(nulls.filter((line) => !line.includes("hostname=(null)"))).toEqual([]);
    const told = log.map((line) => line.replace("hostname=(null)", "hostname="));
    // Swapped lines: each stands in the other trace, within twenty places.
    const differing = told.flatMap((line, index) => (line === ours[index] ? [] : [index]));
    expect(differing.length).toBeLessThanOrEqual(swapped);
    for (const index of differing) {
      const near = ours.slice(Math.max(0, index - 20), index + 21);
      expect(near).toContain(told[index]);
    }
    expect(differing.map((index) => told[index]).sort()).toEqual(
      differing.map((index) => ours[index]).sort(),
    );
  });
});
