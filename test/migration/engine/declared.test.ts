import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventTable, ownEvents } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";
import { sharedPath, testWith } from "../../support/tools.js";

const engine = join(repoRoot, "src", "migration", "engine");
const code = readdirSync(engine)
  .map((file) => readFileSync(join(engine, file), "utf8"))
  .join("");

test.each(ownEvents.events.map(({ name }) => name))("the engine traces %s", (name) => {
  // Imported, and called or handed to what calls it.
  expect(code.match(new RegExp(`\\btrace_${name}\\b`, "g"))?.length).toBeGreaterThan(1);
});

testWith(["shared"], "every event is declared as QEMU 10.2 declares it", () => {
  const theirs = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  for (const event of ownEvents.events) {
    expect(theirs.get(event.name)?.declaration).toBe(event.declaration);
  }
});
