import type { EventRecord } from "../traces/record.js";
import type { Downtime, Phase, Round } from "./account.js";
import { textArgument } from "./mark.js";
import { later } from "./moments.js";

/**
 * The phases of a migration, by the source's states (`migrate_set_state`), with the rounds in
 * `active` told one by one. A state lasts until the next one.
 */
export function findPhases(
  source: readonly EventRecord[],
  rounds: readonly Round[],
  downtime: Pick<Downtime, "stopped">,
): Phase[] {
  const changes = source.filter((record) => record.name === "migrate_set_state");
  return changes.slice(0, -1).flatMap((record, index): Phase[] => {
    const name = textArgument(record, "new_state") ?? "";
    const phase = {
      name,
      state: name,
      start: record.timestamp,
      end: changes[index + 1]!.timestamp,
    };
    return name === "active" ? withRounds(phase, rounds, downtime.stopped) : [phase];
  });
}

/** `active`: its rounds, and what lies behind the last until the guest is stopped. */
function withRounds(active: Phase, rounds: readonly Round[], stopped: bigint | undefined): Phase[] {
  const { state } = active;
  const phases = rounds.flatMap(({ number, start, end }) => {
    if (start === undefined || end === undefined) return [];
    if (end <= active.start || start >= active.end) return [];
    return [{ name: `round ${number}`, state, start: later(active.start, start), end }];
  });
  const last = phases.at(-1);
  if (!last) return [active];
  const decided = stopped ?? active.end;
  return [
    ...phases,
    ...(decided > last.end
      ? [{ name: "switchover decision", state, start: last.end, end: decided }]
      : []),
    ...(active.end > decided
      ? [{ name: "guest stopped", state, start: decided, end: active.end }]
      : []),
  ];
}
