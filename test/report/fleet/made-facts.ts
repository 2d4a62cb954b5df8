import type { FleetFacts, FleetMigration } from "../../../src/report/fleet/fleet-facts.js";
import { pick, seededRandom } from "../../support/random.js";

const VERSIONS = ["9.2.0", "10.0.2", "10.2.2"];
const MACHINES = ["pc-q35-10.2", "virt-10.2"];

/** Facts of so many migrations, made up by a seed. */
export function madeFacts(count: number): FleetFacts {
  const random = seededRandom(count);
  const migrations = Array.from({ length: count }, (_, index): FleetMigration => {
    const completed = random(20) > 0;
    return {
      recording: index.toString(16).padStart(32, "0"),
      folder: `/srv/night/${index}/migration-${index}`,
      time: Date.UTC(2026, 10, 1) + index * 60_000,
      host: `host${random(20)}`,
      machine: pick(random, MACHINES),
      version: pick(random, VERSIONS),
      status: completed ? "completed" : "failed",
      downtime: completed ? 1 + random(200_000) / 1000 : null,
      rounds: 1 + random(9),
    };
  });
  const measures = VERSIONS.flatMap((version, later) =>
    ["downtime", "save of vga", "load of vga"].map((what, index) => ({
      machine: MACHINES[0]!,
      version,
      what,
      migrations: 40,
      p50: index === 1 ? 1 + later : 2,
      p95: 5,
    })),
  );
  const stuck = migrations
    .slice(0, 3)
    .map(({ recording }) => ({ recording, early: 1e6, late: 2e6 }));
  return { migrations, measures, stuck };
}
