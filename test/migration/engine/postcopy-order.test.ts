import { expect, test } from "vitest";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { addSink } from "../../../src/runtime/index.js";
import { describeWith } from "../../support/tools.js";
import { connection } from "./migrate.js";
import { destinationPostcopyOrder, sourcePostcopyOrder } from "./postcopy-order.js";
import { realLines, tracedLines } from "./traced-lines.js";

const MIB = 1024 * 1024;
const GUEST = { memory: 4 * MIB, dirtyRate: 20 * MIB };

/** What both ends trace of a postcopy that begins after the first measurement of the bandwidth. */
async function own() {
  const machine = demoSourceMachine(GUEST);
  const limits = { maxBandwidth: 8 * MIB, downtimeLimit: 1 };
  const source = new MigrationSource({ machine, ...limits, postcopy: true });
  const remove = addSink({
    write: ({ name }) => {
      if (name === "migrate_transferred") source.startPostcopy();
    },
  });
  const arriving = demoDestinationMachine(GUEST);
  const lines = await tracedLines(async (as) => {
    const [near, far] = await connection();
    await Promise.all([
      as("source", () => source.migrate(near)),
      as("destination", () => new MigrationDestination({ machine: arriving }).load(far)),
    ]);
  });
  remove();
  return lines;
}

describeWith(["shared"], "the order of events of a postcopy", async () => {
  const { source, destination } = await own();
  const real = realLines("q35-postcopy", "destination");

  test("at the source is QEMU's", () => {
    const order = sourcePostcopyOrder(source);
    expect(order).toEqual(sourcePostcopyOrder(realLines("q35-postcopy", "source")));
    expect(order.length).toBeLessThan(90);
    expect(order).toEqual(expect.arrayContaining(["ROUND", "BLOCK", "DEVICE", "REST"]));
  });

  test("in the destination's main thread is QEMU's", () => {
    const { main } = destinationPostcopyOrder(destination);
    expect(main).toEqual(destinationPostcopyOrder(real).main);
    expect(main.length).toBeLessThan(100);
    expect(main).toEqual(expect.arrayContaining(["INIT", "PART", "DISCARDS", "DEVICE", "CLEANUP"]));
  });

  test("in the destination's listening thread is QEMU's", () => {
    const { listener } = destinationPostcopyOrder(destination);
    expect(listener).toEqual(destinationPostcopyOrder(real).listener);
    expect(listener).toContain("PART");
  });

  test("of a page that the guest waits for: fault, request, message, page", () => {
    const request = destination.findIndex((line) => /^postcopy_ram_fault_thread_req/.test(line));
    const [, place] = /HVA=(\S+)/.exec(destination[request]!)!;
    expect(destination[request + 1]).toBe(`postcopy_page_req_add new page req ${place} total 1`);
    expect(destination[request + 2]).toMatch(/^migrate_send_rp_message [34]: len \d+$/);
    const resolved = destination.indexOf(
      `postcopy_page_req_del resolved page req ${place} total 0`,
    );
    expect(destination[resolved + 1]).toMatch(/^postcopy_place_page/);
    expect(destination[resolved + 1]).toContain(`host=${place}`);
  });
});
