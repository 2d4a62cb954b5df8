import { once } from "node:events";
import { duplexPair } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { MultifdWriter } from "../../../src/migration/wire/multifd-writer.js";
import {
  type ReturnPathMessage,
  writeReturnPathMessage,
} from "../../../src/migration/wire/return-path.js";
import { addSink, disableAllEvents, enableEvents } from "../../../src/runtime/index.js";
import { pick, type Random, seededRandom } from "../../support/random.js";
import type { Fault } from "./faulty-connection.js";
import { faultyPair } from "./faulty-pair.js";
import { Recovering, WELL, wayOfPostcopy } from "./recovering.js";
import { expectSameGuest } from "./same-guest.js";

const RUNS = 100;
const way = await wayOfPostcopy();
const half = Math.floor((way.run + way.end) / 2);

const closeAt = (at: number): Fault => ({ way: "to destination", at, kind: "close" });

/** A postcopy whose connection was lost half of the way. */
async function paused(options: ConstructorParameters<typeof Recovering>[0] = {}) {
  const both = new Recovering(options);
  await expect(both.begin(closeAt(half))).rejects.toThrow(/^postcopy has paused: the /);
  return both;
}

describe("a postcopy whose connection is lost", () => {
  test("goes on by another one, and sends no page twice that came", async () => {
    const both = await paused();
    expect(both.source.status).toBe("postcopy-paused");
    const sent = await both.resume();
    const { pages, bytes } = await both.loaded!;
    expectSameGuest(both.arriving, both.machine);
    expect([both.machine.runState, both.arriving.runState]).toEqual(["postmigrate", "running"]);
    expect([both.source.status, both.destination.status]).toEqual(["completed", "completed"]);
    expect(both.pauses).toHaveLength(1);
    expect(pages.normal + pages.zero).toBe(both.pages);
    expect(sent.bytes).toBeGreaterThanOrEqual(bytes);
  });

  test("goes on where only the source has noticed that it is lost", async () => {
    const both = new Recovering({ source: { stallTimeout: 100 } });
    const [near, relay] = duplexPair();
    const [relayed, far] = duplexPair();
    let left = half;
    relay.on("data", (chunk: Buffer) => {
      relayed.write(chunk.subarray(0, left));
      left = Math.max(0, left - chunk.length);
    });
    relayed.pipe(relay);
    void both.load(far);
    await expect(both.source.migrate(near)).rejects.toThrow("kept this end waiting for 100 ms");
    expect(both.destination.status).toBe("postcopy-active");
    await both.resume();
    await both.loaded;
    expectSameGuest(both.arriving, both.machine);
  });

  test("fails at a destination to which no further connections can come", async () => {
    const both = new Recovering();
    both.further.end();
    await expect(both.begin(closeAt(half))).rejects.toThrow("postcopy has paused");
    await expect(both.loaded).rejects.toThrow(/the channel failed|the source closed/);
    expect(both.destination.status).toBe("failed");
  });

  test("fails at a destination when nobody has gone on with it in time", async () => {
    const both = await paused({ destination: { pauseTimeout: 50 } });
    await expect(both.loaded).rejects.toThrow(/; no source went on with it in 50 ms$/);
    expect(both.destination.status).toBe("failed");
    await expect(both.resume()).rejects.toThrow("postcopy has paused");
  });

  test("is aborted at its destination", async () => {
    const abort = new AbortController();
    const both = await paused({ destination: { signal: abort.signal } });
    await both.untilPaused();
    abort.abort(new Error("enough"));
    await expect(both.loaded).rejects.toThrow("enough");
  });

  test.each(["cancel", "signal"])("is given up at its source by %s", async (how) => {
    const abort = new AbortController();
    const both = await paused({ source: { signal: abort.signal } });
    if (how === "cancel") both.source.cancel();
    else abort.abort(new Error("enough"));
    expect(both.source.status).toBe("cancelled");
    expect(both.machine.runState).toBe("finish-migrate");
    await expect(both.resume()).rejects.toThrow("no postcopy is paused: cancelled");
  });

  test("is cancelled while it is to go on", async () => {
    const both = await paused();
    const resumed = both.source.resume(duplexPair()[0]);
    await delay(10);
    both.source.cancel();
    await expect(resumed).rejects.toThrow("the migration was cancelled");
    expect(both.source.status).toBe("cancelled");
  });

  test("waits for its source, whoever else comes", async () => {
    const both = await paused();
    await both.untilPaused();
    const { source, destination } = faultyPair(WELL);
    both.further.push(destination);
    await expect(new Recovering().source.migrate(source)).rejects.toThrow();
    const [multifd, taken] = duplexPair();
    multifd.write(new MultifdWriter(4096).hello({ uuid: "0".repeat(32), channel: 0 }).take());
    both.further.push(taken);
    await once(taken, "close");
    await both.resume();
    await both.loaded;
    expectSameGuest(both.arriving, both.machine);
  });
});

describe("the channel for urgent pages", () => {
  test("loses a page: it is sent again by other connections", async () => {
    const both = await paused({ preempt: true });
    const { connect } = both;
    both.connect = () => {
      const [[near, swallowed], [ended, far]] = [duplexPair(), duplexPair()];
      swallowed.resume();
      ended.end();
      both.further.push(far);
      both.connect = connect;
      return near;
    };
    await expect(both.resume()).rejects.toThrow("postcopy has paused");
    await both.untilPaused();
    expect(both.pauses.at(-1)).toBe("the channel for urgent pages was lost");
    await both.resume();
    await both.loaded;
    expectSameGuest(both.arriving, both.machine);
  });

  test("may break when all pages have gone", async () => {
    const both = new Recovering({ preempt: true });
    const remove = addSink({
      write: ({ name }) => {
        if (name !== "migration_completion_postcopy_end_after_complete") return;
        both.urgent.at(-1)!.source.destroy(new Error("reset"));
      },
    });
    enableEvents("migration_completion_postcopy_end_after_complete");
    await both.begin(WELL).finally(() => {
      remove();
      disableAllEvents();
    });
    expect(both.urgent).toHaveLength(1);
    expect((await both.loaded!).pauses).toBe(0);
  });
});

test("what has not paused cannot go on", async () => {
  const both = new Recovering();
  await expect(both.resume()).rejects.toThrow("no postcopy is paused: none");
  await both.begin(WELL);
  await expect(both.resume()).rejects.toThrow("no postcopy is paused: completed");
});

test("XBZRLE is of precopy only", async () => {
  const both = new Recovering({ source: { xbzrle: {} } });
  await both.begin(WELL);
  await both.loaded;
  expectSameGuest(both.arriving, both.machine);
});

describe("what a source is answered that is wrong", () => {
  const bitmap = (block: string, length: number): ReturnPathMessage => ({
    type: "RECV_BITMAP",
    block,
    bitmap: new Uint8Array(length),
  });
  const bitmaps = [bitmap("ram", 8), bitmap("bios", 8)];
  test.each<[string, readonly ReturnPathMessage[], string]>([
    ["a bitmap of a wrong length", [bitmap("ram", 16)], 'bitmap of "ram" has 16 bytes, not 8'],
    ["an unknown block", [bitmap("rom", 8)], 'a bitmap of "rom", which nobody wanted'],
    ["a bitmap twice", [bitmap("ram", 8), bitmap("ram", 8)], 'a bitmap of "ram", which nobody'],
    ["no RESUME_ACK", bitmaps, "kept this end waiting for 100 ms"],
    ["another RESUME_ACK", [...bitmaps, { type: "RESUME_ACK", value: 2 }], "RESUME_ACK 2, not 1"],
    ["RESUME_ACK too early", [{ type: "RESUME_ACK", value: 1 }], "RESUME_ACK out of place"],
    ["SHUT", [{ type: "SHUT", value: 0 }], "the destination failed and sent SHUT 0"],
    ["a switchover", [{ type: "SWITCHOVER_ACK" }, { type: "SHUT", value: 1 }], "sent SHUT 1"],
  ])("%s: one error, and it stays paused", async (_, messages, reason) => {
    const both = await paused({ source: { stallTimeout: 100 } });
    const [near, far] = duplexPair();
    const resumed = both.source.resume(near);
    const writer = new ByteWriter("big");
    for (const message of messages) {
      // What is not the first answers POSTCOPY_RESUME, which comes behind the bitmaps.
      if (message.type === "RESUME_ACK" && messages.length > 1) await delay(20);
      writeReturnPathMessage(writer, message);
      far.write(writer.take());
    }
    far.resume();
    await expect(resumed).rejects.toThrow(new RegExp(`^postcopy has paused: .*${reason}`));
    expect(both.source.status).toBe("postcopy-paused");
    await both.resume();
    await both.loaded;
    expectSameGuest(both.arriving, both.machine);
  });
});

function faultsOf(random: Random): Fault[] {
  const faults = [closeAt(way.run + random(way.end - way.run))];
  for (let more = random(4); more > 0; more -= 1) {
    const at = random(pick(random, [40, 400, 40_000]));
    faults.push({
      way: pick(random, ["to destination", "to source"]),
      at,
      kind: pick(random, ["cut", "close"]),
    });
  }
  return faults;
}

/** Goes on by one connection after the other until all is there; gives how often it paused. */
async function goOn(both: Recovering, faults: readonly Fault[]): Promise<number> {
  let attempt = both.begin(faults[0]!);
  for (let pauses = 0; ; pauses += 1) {
    const ended = await attempt.catch((error: Error) => error);
    if (!(ended instanceof Error)) return pauses;
    if (both.source.status !== "postcopy-paused") throw ended;
    if (both.destination.status === "completed") {
      // The destination's last word was lost: it has all, and is not there any more.
      both.source.cancel();
      return pauses;
    }
    attempt = both.resume(faults[pauses + 1]);
  }
}

async function survive(seed: number): Promise<number> {
  const random = seededRandom(seed);
  const both = new Recovering({ seed, preempt: random(2) === 0 });
  const faults = faultsOf(random);
  if (random(2) === 0) both.urgentFault = { ...closeAt(random(20_000)), kind: "cut" };
  const about = `seed ${seed}: ${JSON.stringify(faults)}`;
  const pauses = await goOn(both, faults);
  await both.loaded;
  expectSameGuest(both.arriving, both.machine);
  expect(["completed", "cancelled"], about).toContain(both.source.status);
  return pauses;
}

test(`${RUNS} cut anywhere, some again while they go on: memory is the same in the end`, async () => {
  let pauses = 0;
  for (let seed = 0; seed < RUNS; seed += 1) pauses += await survive(seed);
  expect(pauses).toBeGreaterThan(RUNS);
});

test("a destination that is to go on with what it never had", async () => {
  const both = await paused();
  const { source, destination } = faultyPair(WELL);
  const loaded = new Recovering().destination.load(destination);
  const resumed = both.source.resume(source);
  await expect(loaded).rejects.toThrow("a paused postcopy is to go on here, where no guest of it");
  await expect(resumed).rejects.toThrow("postcopy has paused");
});
