/** Which events patterns turn on, beside a real QEMU that is given the same ones. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { isSelected, parseEventsFile, parsePattern } from "../../src/runtime/pattern.js";
import { testWith } from "../support/programs.js";
import { withQemu } from "../support/qemu.js";
import { pick, seededRandom } from "../support/random.js";

interface EventState {
  readonly name: string;
  readonly state: "enabled" | "disabled" | "unavailable";
}

const random = seededRandom(7);
/** Pieces of a real name between stars and question marks; QEMU takes a text without a star as a name. */
function randomPattern(names: readonly string[]): string {
  const name = pick(random, names);
  const from = random(name.length);
  const cut = name.slice(from, from + 1 + random(name.length - from));
  const holed = cut.replace(/./g, (letter) =>
    random(12) === 0 ? pick(random, ["?", "*"]) : letter,
  );
  const sign = random(3) === 0 ? "-" : "";
  return sign + pick(random, [name, `*${holed}*`, `${name.slice(0, 1 + random(8))}*`, `*${holed}`]);
}

testWith(["qemu"], "patterns turn on what QEMU turns on by them", async (tool) => {
  const query = (args: readonly string[]) =>
    withQemu(tool.qemu, ["-M", "none", ...args], async (qemu) => {
      const states = await qemu.execute("trace-event-get-state", { name: "*" });
      return (states as EventState[]).filter(({ state }) => state !== "unavailable");
    });
  const before = await query([]);
  const names = before.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(1000);
  expect(before.filter(({ state }) => state === "enabled")).toEqual([]);

  for (let round = 0; round < 3; round++) {
    const options = Array.from({ length: 12 }, () => randomPattern(names));
    const lines = ["# a comment", "", ...Array.from({ length: 30 }, () => randomPattern(names))];
    const file = join(mkdtempSync(join(tmpdir(), "qtrace-")), "events");
    writeFileSync(file, `${lines.join("\n")}\n`);
    const patterns = [...options.map(parsePattern), ...parseEventsFile(lines.join("\n"))];
    const states = await query([
      ...options.flatMap((pattern) => ["-trace", `enable=${pattern}`]),
      ...["-trace", `events=${file}`],
    ]);
    const theirs = states.filter(({ state }) => state === "enabled").map(({ name }) => name);
    const ours = names.filter((name) => isSelected(patterns, name));
    expect(theirs.length).toBeGreaterThan(0);
    expect(ours.sort(), patterns.map(({ glob }) => glob).join(" ")).toEqual(theirs.sort());
  }
});
