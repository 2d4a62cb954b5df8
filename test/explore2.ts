import { readMigration } from "./support/migration-inputs.js";
import { eventTable } from "./support/recordings.js";
import { sharedPath } from "./support/tools.js";
import { sourceMarks } from "../src/analysis/source-marks.js";
import { destinationMarks } from "../src/analysis/destination-marks.js";
const events = eventTable(sharedPath("corpus", "qemu-11.1.3", "trace-events-all"));
const all: any = {};
for (const n of ["precopy","postcopy","snapshot","cpr","failed","tls","mapped-shared"]) {
  const i = await readMigration(sharedPath("recordings-11", n), events, { stream: false });
  const c = (m: readonly {key:string}[]) => m.reduce((r: any, { key }) => ({ ...r, [key]: (r[key] ?? 0) + 1 }), {});
  all[n] = { s: c(sourceMarks(i.source)), d: c(destinationMarks(i.destination)) };
}
for (const side of ["s","d"]) {
  const keys = [...new Set(Object.values(all).flatMap((a: any) => Object.keys(a[side])))];
  console.log(side, Object.keys(all).join(" "));
  for (const k of keys) {
    const row = Object.values(all).map((a: any) => a[side][k] ?? 0);
    if (new Set(row).size > 1) console.log(row.join("\t"), k);
  }
}
