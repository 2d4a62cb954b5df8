import type { EventRecord } from "../traces/record.js";
import type { ItemAccount, MigrationFailure, Outcome } from "./account.js";
import type { Side } from "./attempts.js";
import { isMatched } from "./is-matched.js";
import { numberArgument, textArgument } from "./mark.js";

/** A line of a log that is not an event: what QEMU wrote on stderr. */
export interface LogMessage {
  readonly text: string;
  /** Where it begins in the log. */
  readonly offset: number;
}

/** What a side's trace shows of how the migration ended. */
interface SideOutcome {
  readonly side: Side;
  /** QEMU's name of the last state. */
  readonly state: string | undefined;
  readonly failed: boolean;
  /** What went wrong by that side, in QEMU's words, the most specific first. */
  readonly errors: readonly string[];
}

/** The traces and messages of both sides. */
export interface OutcomeInput {
  readonly source: readonly EventRecord[];
  readonly destination: readonly EventRecord[];
  readonly sourceMessages: readonly LogMessage[];
  readonly destinationMessages: readonly LogMessage[];
}

/** How the migration ended, and a sentence where the two sides do not agree on it. */
export interface JudgedOutcome {
  readonly outcome: Outcome;
  readonly contradiction: string | undefined;
}

/** How the migration ended by both sides: where they disagree, the worse outcome. */
export function judgeOutcome(input: OutcomeInput, items: readonly ItemAccount[]): JudgedOutcome {
  const source = sideOutcome("source", input.source, input.sourceMessages);
  const destination = sideOutcome("destination", input.destination, input.destinationMessages);
  const outcome = worseOf(source, destination, input, items);
  const contradiction =
    source.state === "completed" && destination.failed
      ? "the source reports that the migration completed, but the destination failed to load it"
      : undefined;
  return { outcome, contradiction };
}

function worseOf(
  source: SideOutcome,
  destination: SideOutcome,
  input: OutcomeInput,
  items: readonly ItemAccount[],
): Outcome {
  // The destination knows what it could not load; the source only that its connection was closed.
  const failed = [destination, source].filter((side) => side.failed);
  const cancelled = [source, destination].find(({ state }) => state === "cancelled");
  const state =
    cancelled?.state ?? (failed.length > 0 ? "failed" : source.state) ?? destination.state;
  if (failed.length === 0) return { state, error: undefined, failure: undefined };
  const errors = [...new Set(failed.flatMap((side) => side.errors))];
  const failure = state === "failed" ? locate(failed[0]!, input, items, errors) : undefined;
  return { state, error: errors[0], failure };
}

function sideOutcome(
  side: Side,
  records: readonly EventRecord[],
  messages: readonly LogMessage[],
): SideOutcome {
  let state: string | undefined;
  let failed = false;
  let reported: string | undefined;
  for (const record of records) {
    switch (record.name) {
      case "migrate_set_state":
        state = textArgument(record, "new_state");
        failed ||= state === "failed";
        break;
      case "migrate_error":
        reported = textArgument(record, "error_desc");
        break;
      case "process_incoming_migration_co_end":
        failed ||= (numberArgument(record, "ret") ?? 0) < 0;
    }
  }
  const errors = messages.map(({ text }) => errorIn(text)).filter((text) => text !== undefined);
  const specific = errors.filter((text) => causes.some(({ pattern }) => pattern.test(text)));
  const other = errors.filter((text) => !specific.includes(text));
  // What QEMU sets as its error may only sum up what it wrote before.
  return {
    ...{ side, state, failed },
    errors: [...specific, ...(reported === undefined ? [] : [reported]), ...other],
  };
}

/** What QEMU says on a line of stderr, without its own name. */
function errorIn(text: string): string | undefined {
  return /(?:^|\s)(?=\S*qemu)\S+: (?!warning:|info:)(.+)/s.exec(text.trim())?.[1];
}

/**
 * What is known to go wrong, by QEMU's words (QEMU migration/savevm.c, vmstate.c, ram.c); some name the
 * section that it failed at.
 */
const causes: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  {
    pattern: /Unknown savevm section or instance '?(?<idstr>[^' ]+)'? (?<instance>\d+)/,
    hint: "the destination has no such device: start it with the same devices as the source",
  },
  {
    pattern: /Unknown ramblock "?[^", ]+/i,
    hint: "the destination has other RAM blocks: give it the same memory, memory backends and devices",
  },
  {
    pattern: /(Size|Length) mismatch: \S+: /,
    hint: "a RAM block has another size at the destination: give it the same memory and devices",
  },
  {
    pattern: /Missing section footer for (?<idstr>[^ :]+)/,
    hint: "the device has another layout at the destination: use the same versioned machine type at both ends",
  },
  {
    pattern: /: wrong version \d+|unsupported version \d+/i,
    hint: "the device has another layout at the destination: use the same versioned machine type at both ends",
  },
  {
    pattern: /Machine type received is '[^']*' and local is/,
    hint: "the two ends have different machine types: use the same versioned machine type at both",
  },
  {
    pattern:
      /error while loading state for instance (?<instance>0x[0-9a-f]+) of device '(?<idstr>[^']+)'/,
    hint: "the device's state does not fit the destination's: compare its properties and the machine type's version at both ends",
  },
];

/** What would help against an error of QEMU's; undefined of one that has no known cause. */
function hintFor(errors: readonly string[]): string | undefined {
  return causes.find(({ pattern }) => errors.some((text) => pattern.test(text)))?.hint;
}

/** Which item it failed at, by what QEMU says, else by what the destination was last busy with. */
function locate(
  { side }: SideOutcome,
  { destination }: OutcomeInput,
  items: readonly ItemAccount[],
  errors: readonly string[],
): MigrationFailure {
  const named = errors.map(deviceIn).find((device) => device !== undefined);
  const byName =
    named &&
    items.findLastIndex(
      ({ item }) =>
        "idstr" in item && item.idstr === named.idstr && item.instanceId === named.instance,
    );
  const busy =
    side === "destination" && destination.length > 0
      ? items.findLastIndex(({ destination: pairing }) => isMatched(pairing))
      : -1;
  const item = byName !== undefined && byName >= 0 ? byName : busy;
  // The source learns little more than that its connection was closed.
  const alone = side === "source" && destination.length === 0;
  const hint = hintFor(errors) ?? (alone ? "the destination's log may say why" : undefined);
  return {
    side,
    errors,
    item: item < 0 ? undefined : item,
    device: named?.idstr,
    instance: named?.instance,
    hint,
  };
}

/** The section that an error names; one that QEMU names without an instance is the first. */
function deviceIn(error: string): { idstr: string; instance: number } | undefined {
  for (const { pattern } of causes) {
    const { idstr, instance = "0" } = pattern.exec(error)?.groups ?? {};
    if (idstr !== undefined) return { idstr, instance: Number(instance) };
  }
  return undefined;
}
