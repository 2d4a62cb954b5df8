import { getEventListeners, once } from "node:events";
import { createConnection, createServer } from "node:net";
import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import {
  type DemoMachineOptions,
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import type { Machine } from "../../../src/migration/engine/machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import type {
  LoadResult,
  MigrationDestinationOptions,
  MigrationResult,
  MigrationSourceOptions,
} from "../../../src/migration/engine/migration-options.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { leftListeners } from "./abort-listeners.js";
import { manyChannels } from "./migrate.js";
import { expectSameGuest } from "./same-guest.js";
import { enabledValues } from "./traced-names.js";

const MIB = 1024 * 1024;
const GUEST = { memory: 4 * MIB, dirtyRate: 4 * MIB };

const SLOW = { maxBandwidth: 8 * MIB, downtimeLimit: 5 };

interface Run {
  readonly sent: MigrationResult;
  readonly loaded: LoadResult;
  readonly source: Machine;
  readonly destination: Machine;
}

/** Runs both ends over sockets, as many as the source opens. */
async function run(
  options: Omit<MigrationSourceOptions, "machine" | "multifd"> & { channels?: number },
  {
    guest = GUEST,
    during = async () => {},
    ...more
  }: Partial<MigrationDestinationOptions> & {
    guest?: DemoMachineOptions;
    during?: (source: MigrationSource) => Promise<void>;
  } = {},
): Promise<Run> {
  const { near, far, further, connect, close } = await manyChannels();
  const [source, destination] = [demoSourceMachine(guest), demoDestinationMachine(guest)];
  const { channels, ...rest } = options;
  const migration = new MigrationSource({
    machine: source,
    ...rest,
    ...(channels && { multifd: { channels, connect } }),
  });
  try {
    const [sent, loaded] = await Promise.all([
      migration.migrate(near),
      new MigrationDestination({ machine: destination, channels: further, ...more }).load(far),
      during(migration),
    ]);
    return { sent, loaded, source, destination };
  } finally {
    close();
  }
}

/** Memory and devices are the same at both ends, and the guest runs on there. */
function expectArrived({ source, destination }: Run): void {
  expect(source.runState).toBe("postmigrate");
  expect(destination.runState).toBe("running");
  expectSameGuest(destination, source);
}

async function soonPostcopy(source: MigrationSource): Promise<void> {
  await delay(50);
  source.startPostcopy();
}

describe("no listener for an abort is left behind by", () => {
  test.each<[string, Parameters<typeof run>[0], Parameters<typeof run>[1]]>([
    ["precopy", {}, {}],
    ["multifd", { channels: 2 }, {}],
    ["postcopy", { postcopy: true, maxBandwidth: MIB, downtimeLimit: 1 }, { during: soonPostcopy }],
    ["a switchover that is acknowledged", { switchoverAck: true }, { switchoverAck: true }],
  ])("%s", async (_, options, more) => {
    const { signal } = new AbortController();
    const migrate = () => run({ ...SLOW, ...options, signal }, { ...more, signal });
    expect(await leftListeners(migrate)).toBe(0);
  });

  test("one that is cancelled", async () => {
    const { signal } = new AbortController();
    const during = async (source: MigrationSource) => source.cancel();
    await expect(run({ ...SLOW, signal }, { signal, during })).rejects.toThrow();
    await vi.waitUntil(() => getEventListeners(signal, "abort").length === 0);
  });
});

describe("multifd", () => {
  test.each([1, 2, 5])("by %d channels", async (channels) => {
    const result = await run({ ...SLOW, channels });
    expectArrived(result);
    expect(result.loaded.furtherChannels).toBe(channels);
    expect(result.loaded.bytes).toBeLessThan(100_000);
    expect(result.sent.bytes).toBeGreaterThan(MIB);
    expect(result.sent.dirtySyncs).toBeGreaterThan(2);
  });
});

describe("XBZRLE", () => {
  test("sends what changed", async () => {
    const result = await run({ ...SLOW, xbzrle: {} }, { guest: { ...GUEST, workingSet: MIB } });
    expectArrived(result);
    expect(result.sent.pages.xbzrle).toBeGreaterThan(10);
  });

  test("with a cache of one page: all whole", async () => {
    const result = await run({ ...SLOW, xbzrle: { cacheSize: 1 } });
    expectArrived(result);
    expect(result.sent.pages.xbzrle ?? 0).toBe(0);
  });
});

test("zero pages are sent whole if that is wanted", async () => {
  const result = await run({ zeroPages: false });
  expectArrived(result);
  expect(result.sent.pages.zero).toBe(0);
});

test("a guest that is too fast is held back until it converges, and let go after that", async () => {
  const guest = { memory: 2 * MIB, dirtyRate: 64 * MIB, workingSet: 2 * MIB };
  const { traced, result } = await withThrottle(() =>
    run(
      { maxBandwidth: 6 * MIB, downtimeLimit: 100, autoConverge: { initial: 50, increment: 30 } },
      { guest },
    ),
  );
  expectArrived(result);
  expect(traced.slice(0, 2)).toEqual([50, 80]);
  expect(result.sent.dirtyRate).toBeGreaterThan(100);
  expect(result.source.throttle).toBe(0);
}, 30_000);

async function withThrottle(body: () => Promise<Run>) {
  let result: Run | undefined;
  const traced = await enabledValues(["cpu_throttle_set"], async () => {
    result = await body();
  });
  return { result: result!, traced: traced.map(({ values }) => values[0]) };
}

describe("postcopy", () => {
  test("the guest goes before its memory, pages that are asked for come first", async () => {
    const result = await run(
      { maxBandwidth: MIB, downtimeLimit: 1, postcopy: true },
      { during: soonPostcopy },
    );
    expectArrived(result);
    expect(result.loaded.postcopy!.requests).toBeGreaterThan(0);
  });

  test.each([
    ["none of its own: nothing waits", {}, false],
    ["one of its own", { maxPostcopyBandwidth: 2 * MIB }, true],
  ])("a limit of bandwidth, %s", async (_, limit, waits) => {
    const patterns = ["postcopy_start", "migration_rate_limit_pre"];
    const traced = await enabledValues(patterns, async () => {
      const result = await run(
        { maxBandwidth: MIB, downtimeLimit: 1, postcopy: true, ...limit },
        { during: soonPostcopy },
      );
      expectArrived(result);
    });
    const start = traced.findIndex(({ name }) => name === "postcopy_start");
    expect(start).toBeGreaterThanOrEqual(0);
    expect(traced.length > start + 1).toBe(waits);
  });

  test("not begun: precopy as ever", async () => {
    const result = await run({ ...SLOW, postcopy: true });
    expectArrived(result);
    expect(result.loaded.postcopy).toBeUndefined();
  });

  test("wants a return path, and no multifd", async () => {
    const connect = () => new PassThrough();
    const multifd = { channels: 1, connect };
    for (const [options, reason] of [
      [{ returnPath: false }, "postcopy wants a return path"],
      [{ multifd }, "postcopy and multifd exclude each other"],
    ] as const) {
      const machine = demoSourceMachine(GUEST);
      const channel = new PassThrough();
      const source = new MigrationSource({ machine, postcopy: true, ...options });
      await expect(source.migrate(channel)).rejects.toThrow(reason);
      expect([channel.destroyed, machine.runState]).toEqual([true, "running"]);
    }
  });

  test("wants the option", () => {
    const source = new MigrationSource({ machine: demoSourceMachine(GUEST) });
    expect(() => source.startPostcopy()).toThrow("no option postcopy");
  });

  test("a destination that vanishes behind the package: the guest does not go on here", async () => {
    const machine = demoSourceMachine({ ...GUEST, dirtyRate: 0 });
    const source = new MigrationSource({
      machine,
      maxBandwidth: MIB,
      downtimeLimit: 1,
      postcopy: true,
    });
    const server = createServer((socket) => {
      socket
        .on("error", () => {})
        .on("data", () => {
          if (source.status === "postcopy-device") socket.destroy();
        });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    setTimeout(() => source.startPostcopy(), 30);
    const migrating = source.migrate(createConnection({ port, host: "127.0.0.1" }));
    await expect(migrating).rejects.toThrow();
    server.close();
    expect([source.status, machine.runState]).toEqual(["postcopy-paused", "finish-migrate"]);
  });
});

describe("the switchover", () => {
  test("waits for the user: the guest stands still, nothing is lost", async () => {
    const seen: string[] = [];
    const result = await run(
      { ...SLOW, pauseBeforeSwitchover: true },
      {
        async during(source) {
          while (source.status !== "pre-switchover") await delay(5);
          await delay(50);
          seen.push(source.status);
          source.continueSwitchover();
        },
      },
    );
    expect(seen).toEqual(["pre-switchover"]);
    expectArrived(result);
    expect(result.sent.downtime).toBeGreaterThan(45);
  });

  test("can be cancelled while it waits: the guest goes on here", async () => {
    const machine = demoSourceMachine(GUEST);
    const source = new MigrationSource({ machine, pauseBeforeSwitchover: true });
    const server = createServer((socket) => socket.on("error", () => {}).resume()).listen(
      0,
      "127.0.0.1",
    );
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const migrating = source.migrate(createConnection({ port, host: "127.0.0.1" }));
    const cancel = async () => {
      while (source.status !== "pre-switchover") await delay(5);
      expect(machine.runState).toBe("finish-migrate");
      source.cancel();
    };
    await Promise.all([expect(migrating).rejects.toThrow("was cancelled"), cancel()]);
    server.close();
    expect([source.status, machine.runState]).toEqual(["cancelled", "running"]);
  });

  test("waits for the destination's acknowledgement", async () => {
    expectArrived(await run({ ...SLOW, switchoverAck: true }, { switchoverAck: true }));
  });

  test.each([
    ["pc-q35-11.0", 1],
    ["pc-q35-11.1", 0],
  ])("%s: so many without a device that asks for one: %i", async (type, acknowledgements) => {
    const event = "source_return_path_thread_switchover_acked";
    const traced = await enabledValues([event], async () => {
      const guest = { ...GUEST, type };
      expectArrived(await run({ ...SLOW, switchoverAck: true }, { guest, switchoverAck: true }));
    });
    expect(traced).toHaveLength(acknowledgements);
  });

  test("without one, it goes on sending rounds until somebody cancels it", async () => {
    const migrating = run(
      { ...SLOW, switchoverAck: true },
      {
        async during(source) {
          await delay(600);
          expect(source.status).toBe("active");
          source.cancel("nobody acknowledged");
        },
      },
    );
    await expect(migrating).rejects.toThrow();
  });
});
