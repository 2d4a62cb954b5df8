import { expect, test } from "vitest";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { describeWith } from "../../support/tools.js";
import { manyChannels } from "./migrate.js";
import { destinationOrder, reduced, sourceOrder } from "./trace-order.js";
import { realLines, tracedLines } from "./traced-lines.js";

const MIB = 1024 * 1024;
const GUEST = { memory: 4 * MIB, dirtyRate: 2 * MIB };

/** What both ends trace of a precopy by two channels. */
async function own() {
  const { near, far, further, connect, close } = await manyChannels();
  const machine = demoSourceMachine(GUEST);
  const options = { machine, maxBandwidth: 8 * MIB, multifd: { channels: 2, connect } };
  const arriving = demoDestinationMachine(GUEST);
  const destination = new MigrationDestination({ machine: arriving, channels: further });
  const lines = await tracedLines(async (as) => {
    await Promise.all([
      as("source", () => new MigrationSource(options).migrate(near)),
      as("destination", () => destination.load(far)),
    ]);
  });
  close();
  return lines;
}

/** What a channel's own thread traces; a socket's opening is not the engine's business. */
const CHANNEL =
  /^multifd_(new_send_channel|send_(fill|ram_fill|thread)|set_outgoing_channel|recv_(unfill|thread|new_channel))/;

/** A destination of this project never waits for a channel: pages find their order by sync points. */
const WAITING = /^multifd_recv_(sync_main_(wait|signal)|terminate_threads)/;

const names = (lines: readonly string[], without: RegExp) =>
  lines
    .filter((line) => !CHANNEL.test(line) && !without.test(line))
    .map((line) => line.split(" ")[0]!);

/** What one channel traces, the number of its packets set aside. */
function channelOrder(lines: readonly string[], id: number): string[] {
  const ofChannel = new RegExp(`^multifd_\\w+ (channel )?${id}\\b`);
  const own = lines.filter((line) => CHANNEL.test(line) && ofChannel.test(line));
  return reduced(
    own.map((line) => line.split(" ")[0]!),
    [
      ["multifd_send_ram_fill multifd_send_fill ", "multifd_send_fill "],
      ["(multifd_send_fill )+", "SENT "],
      ["(multifd_recv_unfill )+", "RECEIVED "],
    ],
  );
}

describeWith(["shared"], "the order of events of a precopy by multifd", async () => {
  const lines = await own();
  const real = (end: "source" | "destination") => realLines("q35-multifd", end);
  /** Within a PART, the channels are synced where a round ends: wherever that is. */
  const synced = (names: readonly string[]) =>
    reduced(names.slice(names.indexOf("migrate_set_state")), [
      [
        "(multifd_send_sync_main_signal )+(multifd_send_sync_main_wait )+multifd_send_sync_main ",
        "CHANNELS ",
      ],
      [
        "(savevm_section_start (?:migration_transferred_bytes |migration_bitmap_clear_dirty )*)CHANNELS ",
        "$1",
      ],
    ]);

  /** A PART has as many sync points as rounds end in it. */
  const withoutSyncs = (names: readonly string[]) =>
    reduced(names, [["(partend vmstate_load ram_load_start )(multifd_recv_sync_main )+", "$1"]]);

  test("in the source's main thread is QEMU's", () => {
    const order = (lines: readonly string[]) => sourceOrder(synced(names(lines, /^$/)));
    expect(order(lines.source)).toEqual(order(real("source")));
  });

  test("in the destination's main thread is QEMU's, but that it waits for no channel", () => {
    const order = (lines: readonly string[]) =>
      destinationOrder(withoutSyncs(names(lines, WAITING)));
    expect(order(lines.destination)).toEqual(order(real("destination")));
    expect(order(lines.destination).join(" ")).toContain("multifd_recv_sync_main");
  });

  test.each([0, 1])("in the threads of channel %d is QEMU's", (id) => {
    expect(channelOrder(lines.source, id)).toEqual(channelOrder(real("source"), id));
    expect(channelOrder(lines.destination, id)).toEqual(channelOrder(real("destination"), id));
    expect(channelOrder(lines.source, id)).toContain("SENT");
  });
});
