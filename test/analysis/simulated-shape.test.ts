/**
 * Simulated migrations have the events of real ones, in their order: in a thread, an event is followed
 * only by what follows it in a recording too, and declarations are those of QEMU.
 */

import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { declarationsOf, type Version } from "../support/simulated-migration/events.js";
import type { Plan, Side } from "../support/simulated-migration/plan.js";
import { simulate } from "../support/simulated-migration/simulate.js";
import { describeWith, sharedPath } from "../support/tools.js";

const SEEDS = 40;

/** What the recordings happen not to have: postcopy after several passes, and that was active before its end. */
const KNOWN: ReadonlySet<string> = new Set([
  "migrate_pending_exact → savevm_state_iterate",
  "migrate_pending_estimate → migration_thread_low_pending",
  "savevm_section_end → migrate_set_state",
]);

const SIDES: readonly Side[] = ["source", "destination"];

/** What is written at any time, by separate threads, and as often as there are fields. */
const APART =
  /^(source_return_path_|migrate_error|migration_transferred_bytes|migration_rate_limit|vmstate_(save|load)_state|vmstate_subsection|runstate|migration_file)/;

/** Real recordings, the plan that is like them, and of which sides the events are of one thread. */
const KINDS: readonly (readonly [folder: string, plan: Partial<Plan>, sides: readonly Side[]])[] = [
  [
    "recordings/q35-precopy",
    {
      version: "10.2",
      transport: "socket",
      returnPath: true,
      postcopy: false,
      switchoverStart: true,
    },
    SIDES,
  ],
  [
    "recordings-11/precopy",
    {
      version: "11.1",
      transport: "socket",
      returnPath: false,
      postcopy: false,
      switchoverStart: true,
    },
    SIDES,
  ],
  [
    "recordings/q35-postcopy",
    {
      version: "10.2",
      transport: "socket",
      returnPath: true,
      postcopy: true,
      switchoverStart: true,
      faults: [],
    },
    ["source"],
  ],
  [
    "recordings/pc-9.2-xbzrle",
    {
      version: "10.2",
      transport: "socket",
      returnPath: true,
      postcopy: false,
      switchoverStart: false,
    },
    SIDES,
  ],
];

/** Which event follows which, of those that both have. */
function successions(names: readonly string[], known: ReadonlySet<string>): Set<string> {
  const kept = names.filter((name) => known.has(name) && !APART.test(name));
  return new Set(kept.slice(1).map((name, index) => `${kept[index]} → ${name}`));
}

function namesIn(log: string): string[] {
  return log.split("\n").flatMap((line) => /^\S+Z (\w+) /.exec(line)?.[1] ?? []);
}

describeWith(["shared"], "a simulated migration", () => {
  test.each(KINDS)("has the order of %s", (folder, plan, sides) => {
    for (const side of sides) {
      const real = namesIn(readFileSync(sharedPath(...folder.split("/"), `${side}.log`), "utf8"));
      const simulated: string[][] = [];
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const simulation = simulate(seed, plan);
        if (simulation.last.own.fate !== "completed") continue;
        simulated.push(simulation.last.emitted[side].map(({ name }) => name));
      }
      expect(simulated.length).toBeGreaterThan(5);
      const both = new Set(simulated.flat().filter((name) => real.includes(name)));
      const [ours, theirs] = [
        new Set(simulated.flatMap((names) => [...successions(names, both)])),
        successions(real, both),
      ];
      expect([side, [...ours].filter((pair) => !theirs.has(pair) && !KNOWN.has(pair))]).toEqual([
        side,
        [],
      ]);
    }
  });

  test.each([
    ["10.0", "qemu-10.0.2"],
    ["10.2", "qemu-10.2.2"],
    ["11.1", "qemu-11.1.3"],
  ] as const)("declares its events as QEMU %s does", (version, folder) => {
    const file = sharedPath("corpus", folder, "trace-events-all");
    expect(existsSync(file)).toBe(true);
    const lines = new Set(readFileSync(file, "utf8").split("\n").map(plain));
    const used = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { emitted } = simulate(seed, {
        version: version as Version,
        ...(version !== "10.2" && { postcopy: false }),
      });
      for (const side of SIDES) for (const { name } of emitted[side]) used.add(name);
    }
    used.delete("");
    const declarations = declarationsOf(version);
    const other = [...used].filter((name) => !lines.has(plain(declarations.get(name)!.text)));
    expect(used.size).toBeGreaterThan(30);
    expect(other).toEqual([]);
  });
});

/** Blanks between the parts of a format do not matter. */
function plain(line: string): string {
  return line.replace(/\s+/g, "");
}
