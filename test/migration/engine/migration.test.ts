import { describe, expect, test } from "vitest";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { migrate, succeeded } from "./migrate.js";
import { expectSameGuest } from "./same-guest.js";

const MIB = 1024 * 1024;

describe("a precopy over a connection", () => {
  const options = { memory: 8 * MIB, dirtyRate: 2 * MIB };

  test("under a workload: the guest arrives as it left, in several rounds", async () => {
    const source = demoSourceMachine(options);
    const destination = demoDestinationMachine(options);
    const run = await migrate(
      { machine: source, maxBandwidth: 16 * MIB, downtimeLimit: 20 },
      { machine: destination },
    );
    const { sent, loaded } = succeeded(run);
    expectSameGuest(destination, source);
    expect(loaded.pages).toEqual(sent.pages);
    expect(sent.dirtySyncs).toBeGreaterThan(2);
    expect([source.runState, destination.runState]).toEqual(["postmigrate", "running"]);
    expect(loaded).toMatchObject({ bytes: sent.bytes, switchoverStart: true, returnPath: true });
  });
});
