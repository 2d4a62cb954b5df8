import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { manyChannels } from "./migrate.js";
import { expectSameGuest } from "./same-guest.js";

const GUEST = { memory: 2 << 20, dirtyRate: 0 };

/** Connections that are taken only when the main channel may long have been read to its end. */
async function* late<T>(channels: AsyncIterable<T>, from: number): AsyncGenerator<T> {
  let number = 0;
  for await (const channel of channels) {
    if (number >= from) await delay(200);
    number += 1;
    yield channel;
  }
}

test.each([0, 1, 2])(
  "multifd's pages are waited for, where channels from %d on come late",
  async (from) => {
    const { near, far, further, connect, close } = await manyChannels();
    const [source, destination] = [demoSourceMachine(GUEST), demoDestinationMachine(GUEST)];
    const options = { machine: source, multifd: { channels: 3, connect } };
    const channels = late(further, from);
    const [, loaded] = await Promise.all([
      new MigrationSource(options).migrate(near),
      new MigrationDestination({ machine: destination, channels }).load(far),
    ]);
    close();
    expect(loaded.furtherChannels).toBe(3);
    expectSameGuest(destination, source);
  },
);
