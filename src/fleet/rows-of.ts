import type { MigrationAccount } from "../analysis/account.js";
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

function deviceRows(recording: string, { devices }: MigrationAccount): Row<"devices">[] {
  return devices.flatMap(({ name, offset, bytes, postcopy, ...device }) => {
    const place = { recording, byte_offset: offset, device: name, bytes };
    const exact = (time: bigint | undefined, isBound: boolean) => (isBound ? undefined : time);
    return [
      {
        ...{ ...place, side: "source", operation: "save" },
        time_ns: exact(device.save, device.saveIsBound),
        postcopy_ns: postcopy?.save,
      },
      {
        ...{ ...place, side: "destination", operation: "load" },
        time_ns: exact(device.load, device.loadIsBound),
        postcopy_ns: postcopy?.load,
      },
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
