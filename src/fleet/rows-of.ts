import type { MigrationAccount } from "../analysis/account.js";
import { deviceTimes } from "../analysis/device-times.js";
import { toSourceClock } from "../analysis/relate-clocks.js";
import { formatPrintf } from "../printf/format.js";
import type { EventRecord } from "../traces/record.js";
import { itemRow, pairRows } from "./item-rows.js";
import { migrationRow } from "./migration-row.js";
import type { Recorded, RecordingPlace } from "./recorded.js";
import type { Row, Rows } from "./schema.js";

/** The rows of a recording in all tables; `keep` tells by name which events are among them. */
export function rowsOf(recorded: Recorded, keep: (event: string) => boolean = () => false): Rows {
  const { account, place } = recorded;
  const { recording } = place;
  return {
    migrations: [migrationRow(recorded)],
    items: account.items.map((item, ordinal) => itemRow(recording, item, ordinal)),
    pairs: account.items.flatMap((item, ordinal) => pairRows(recording, item, ordinal)),
    rounds: account.rounds.map(({ start, end, zeroPages, ...round }) => ({
      recording,
      ...round,
      start_ns: start,
      end_ns: end,
      zero_pages: zeroPages,
    })),
    devices: deviceRows(recording, account),
    downtime: account.downtime.path.map(({ start, end, ...segment }, ordinal) => ({
      recording,
      ordinal,
      ...segment,
      start_ns: start,
      end_ns: end,
    })),
    checkpoints: account.downtime.checkpoints.map(({ name, side, at }, ordinal) => ({
      recording,
      ordinal,
      side,
      name,
      at_ns: at,
    })),
    events: eventRows(recorded, keep),
    problems: [
      ...account.problems.map((message) => ({ kind: "problem", message })),
      ...account.warnings.map((message) => ({ kind: "warning", message })),
    ].map((row, ordinal) => ({ recording, ordinal, ...row })),
    damage: damageRows(place, recorded.damage, false),
  };
}

/** The rows of a recording that was left out for its damage. */
export function rowsOfSkipped(place: RecordingPlace, damage: Recorded["damage"]): Partial<Rows> {
  return { damage: damageRows(place, damage, true) };
}

function damageRows(
  { recording, name, folder }: RecordingPlace,
  damage: Recorded["damage"],
  skipped: boolean,
): Row<"damage">[] {
  return damage.map(({ file, message, count = 1 }) => ({
    recording,
    name,
    folder,
    file,
    message,
    count,
    skipped,
  }));
}

function deviceRows(recording: string, account: MigrationAccount): Row<"devices">[] {
  const offsets = new Map<string, number>();
  for (const { item } of account.items) {
    if (item.type !== "section-full" && item.type !== "section-end") continue;
    const device = `${item.idstr}#${item.instanceId}`;
    if (!offsets.has(device)) offsets.set(device, item.offset);
  }
  const first = [...offsets.values()];
  // Both are in the order in which the stream names the devices first.
  return deviceTimes(account).flatMap(({ name, bytes, save, load }, index) => {
    const place = { recording, byte_offset: first[index]!, device: name, bytes };
    return [
      { ...place, side: "source", operation: "save", time_ns: save },
      { ...place, side: "destination", operation: "load", time_ns: load },
    ];
  });
}

function eventRows(
  { account, place, source, destination }: Recorded,
  keep: (event: string) => boolean,
): Row<"events">[] {
  const rows = (
    side: string,
    records: readonly EventRecord[],
    toClock: (time: bigint) => bigint,
  ): Row<"events">[] =>
    records
      .filter(({ name }) => keep(name))
      .map(({ offset, timestamp, name, event, values }) => ({
        recording: place.recording,
        side,
        byte_offset: offset,
        at_ns: timestamp === 0n ? undefined : toClock(timestamp),
        event: name,
        text: formatPrintf(event.format?.pieces ?? [], values),
      }));
  return [
    ...rows("source", source, (time) => time),
    ...rows("destination", destination, (time) => toSourceClock(account.clocks, time)),
  ];
}
