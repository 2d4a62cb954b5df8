import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { describeWith } from "../../support/tools.js";
import { connection } from "./migrate.js";
import { realNames } from "./real-names.js";
import { destinationOrder, returnPathOrder, sourceOrder } from "./trace-order.js";
import { tracedNames } from "./traced-names.js";

const MIB = 1024 * 1024;

/** The names of the events that a plain precopy of ours traces. */
function own(type = "pc-q35-10.2") {
  const guest = { type, memory: 4 * MIB, dirtyRate: 2 * MIB };
  return tracedNames(async (as) => {
    const [near, far] = await connection();
    const limits = { maxBandwidth: 8 * MIB, downtimeLimit: 20 };
    await Promise.all([
      as("source", () =>
        new MigrationSource({ machine: demoSourceMachine(guest), ...limits }).migrate(near),
      ),
      as("destination", () =>
        new MigrationDestination({ machine: demoDestinationMachine(guest) }).load(far),
      ),
    ]);
  });
}

describeWith(["shared"], "the order of events of a plain precopy", () => {
  test("at the source is QEMU's", async () => {
    const order = sourceOrder((await own()).source);
    expect(order).toEqual(sourceOrder(realNames("q35-precopy", "source")));
    expect(order).toContain("ROUND");
    expect(order.length).toBeLessThan(60);
  });

  test("in the source's return path thread is QEMU's", async () => {
    const order = returnPathOrder((await own()).source);
    expect(order).toEqual(returnPathOrder(realNames("q35-precopy", "source")));
  });

  test("at the destination is QEMU's", async () => {
    const order = destinationOrder((await own()).destination);
    expect(order).toEqual(destinationOrder(realNames("q35-precopy", "destination")));
    expect(order.length).toBeLessThan(60);
  });

  test("into a file is QEMU's", async () => {
    const names = await tracedNames(async (as) => {
      const machine = await as("source", async () => demoSourceMachine({ memory: 4 * MIB }));
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      await as(
        "source",
        async () => void (await new MigrationSource({ machine }).migrate(nowhere)),
      );
    });
    expect(sourceOrder(names.source)).toEqual(sourceOrder(realNames("microvm-file", "source")));
  });

  test("without SWITCHOVER_START is that of a 9.2 machine", async () => {
    const names = await own("pc-i440fx-9.2");
    expect(sourceOrder(names.source)).toEqual(sourceOrder(realNames("pc-9.2-xbzrle", "source")));
    const destination = destinationOrder(realNames("pc-9.2-xbzrle", "destination"));
    expect(destinationOrder(names.destination)).toEqual(destination);
  });
});

describe("the order itself", () => {
  test("an event out of its place is told", () => {
    const names = ["savevm_section_start", "vmstate_save_state_top", "savevm_section_end"];
    expect(sourceOrder(names)).toEqual(names);
  });
});
