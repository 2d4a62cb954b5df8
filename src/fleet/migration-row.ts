import type { ItemAccount, MigrationAccount } from "../analysis/account.js";
import { postcopyBegin } from "../analysis/postcopy-begin.js";
import { version } from "../version.js";
import { qemuVersion } from "./about-recording.js";
import type { Recorded } from "./recorded.js";
import type { Row } from "./schema.js";

/** The migration's own row. */
export function migrationRow(recorded: Recorded): Row<"migrations"> {
  const { about, account, damaged } = recorded;
  const { recording, name, folder, time } = recorded.place;
  const qemu = about.qemu ?? "";
  return {
    recording,
    name,
    folder,
    time,
    qemu,
    version: qemuVersion(qemu),
    machine: account.machine ?? about.machine ?? "",
    transport: about.transport ?? "",
    capabilities: (about.capabilities ?? []).join(" "),
    postcopy: postcopyBegin(account.items.map(({ item }) => item)) !== undefined,
    status: account.outcome.state ?? "",
    error: account.outcome.error,
    memory: memoryOf(account.items),
    stream_bytes: account.totalBytes,
    items: account.items.length,
    rounds: account.rounds.length,
    syncs: account.syncs.length || undefined,
    ...times(account),
    ...pairing(account),
    damaged,
    qtrace: version,
  };
}

function times({ begin, end, downtime, switchoverStart }: MigrationAccount) {
  return {
    begin_ns: begin,
    end_ns: end,
    total_ns: begin === undefined || end === undefined ? undefined : end - begin,
    stopped_ns: downtime.stopped,
    running_ns: downtime.running,
    downtime_ns: downtime.guest,
    downtime_least_ns: downtime.guestBounds.lower,
    downtime_most_ns: downtime.guestBounds.upper,
    reported_ns: downtime.reported,
    switchover_sent_ns: switchoverStart?.sent,
    switchover_received_ns: switchoverStart?.received,
  };
}

function pairing({ source, destination, clocks }: MigrationAccount) {
  return {
    source_expected: source?.expected,
    source_paired: source?.paired,
    destination_expected: destination?.expected,
    destination_paired: destination?.paired,
    clock_offset_ns: clocks?.offset,
    clock_verdict: clocks?.verdict,
  };
}

/** Bytes of all RAM blocks, as the first section of RAM lists them. */
function memoryOf(items: readonly ItemAccount[]): number | undefined {
  for (const { item } of items) {
    if (item.type === "section-start" && item.blocks) {
      return item.blocks.reduce((sum, { usedLength }) => sum + usedLength, 0);
    }
  }
  return undefined;
}
