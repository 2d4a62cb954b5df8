import { DisturbedInputs, counts } from "./support/disturbed-inputs.js";
import { readMigration, type MigrationInputs } from "./support/migration-inputs.js";
import { eventTable } from "./support/recordings.js";
import { sharedPath } from "./support/tools.js";
const R: Record<string, string[]> = {
  "qemu-10.2.2": ["recordings/microvm-file","recordings/q35-precopy","recordings/q35-postcopy","recordings/q35-multifd","recordings/pc-mapped-ram","recordings/pc-9.2-xbzrle"],
  "qemu-10.0.2": ["recordings/virt-aarch64-file"],
  "qemu-11.1.3": ["precopy","postcopy","snapshot","cpr","failed","tls","mapped-shared"].map((n) => `recordings-11/${n}`),
};
const [kinds, only, all] = [process.argv[2]!.split(","), process.argv[3] ?? "", process.argv[4] === "all"];
for (const [version, names] of Object.entries(R)) {
  const events = eventTable(sharedPath("corpus", version, "trace-events-all"));
  const inputs = new Map<string, MigrationInputs>();
  for (const name of names) inputs.set(name, await readMigration(sharedPath(...name.split("/")), events, { stream: !name.endsWith("tls"), cut: name.endsWith("failed") }));
  for (const name of names) {
    if (!name.includes(only)) continue;
    const d = new DisturbedInputs(inputs.get(name)!);
    const others = new Map([...inputs].filter(([n]) => n !== name));
    for (const kind of kinds) {
      const t = Date.now();
      const gen = kind === "clock" ? d.otherClock() : kind === "untimed" ? d.withoutTimestamps() : kind === "other" ? d.otherLog(others) : kind === "append" ? d.appendedLog(others) : d.withoutEvent(all);
      let n = 0, bad = 0;
      for (const { what, wrong } of gen) {
        n++;
        if (wrong.length === 0) continue;
        bad++;
        console.log(`${name} | ${what}`);
        for (const w of wrong.slice(0, 4)) console.log(`      ${w.slice(0, 200)}`);
        if (wrong.length > 4) console.log(`      … ${wrong.length}`);
      }
      console.log(`== ${name} ${kind}: ${bad} of ${n} bad, ${Date.now() - t} ms`);
    }
  }
}
console.log(JSON.stringify(counts));
