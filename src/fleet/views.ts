import { MANY_ROUNDS } from "../analysis/advise.js";
import type { Dialect } from "./dialect.js";

/** A view over the tables. */
export interface View {
  readonly about: string;
  /** Its columns and what they are. */
  readonly columns: Readonly<Record<string, string>>;
  /** The versions that it takes as arguments, where it does. */
  readonly parameters?: readonly string[];
  readonly sql: (dialect: Dialect) => string;
  /** A query for the documentation. */
  readonly example: string;
}

const ms = (nanoseconds: string) => `${nanoseconds} / 1e6`;

/** The migrations by what views group them by, with further columns. */
const migrations = (...columns: readonly string[]) =>
  `SELECT ${["recording", "machine", "version", ...columns].join(", ")} FROM migrations`;

const machineAndVersion = {
  machine: "the machine type",
  version: "QEMU's version",
};

const slowestDevices: View = {
  about:
    "How long devices take to be saved and loaded at the switchover, the slowest first. What postcopy sends after the guest ran does not count.",
  columns: {
    ...machineAndVersion,
    device: "its idstr and instance",
    operation: "`save` at the source or `load` at the destination",
    migrations: "in which its time is known",
    p50_ms: "the median",
    p95_ms: "the 95th percentile",
    max_ms: "the longest time",
    max_bytes: "the most bytes that it had",
    slowest: "the recording in which it took longest",
  },
  sql: (dialect) => `
SELECT machine, version, device, operation, count(*) AS migrations,
  ${ms(dialect.percentile(50, "time_ns"))} AS p50_ms,
  ${ms(dialect.percentile(95, "time_ns"))} AS p95_ms,
  ${ms("max(time_ns)")} AS max_ms,
  max(bytes) AS max_bytes,
  ${dialect.ofHighest("recording", "time_ns")} AS slowest
FROM ${dialect.join(
    "SELECT recording, device, operation, bytes, time_ns FROM devices WHERE time_ns IS NOT NULL",
    migrations(),
    ["recording"],
  )}
GROUP BY machine, version, device, operation
ORDER BY p95_ms DESC, machine, version, device, operation`,
  example:
    "SELECT version, device, operation, migrations, p50_ms, p95_ms FROM slowest_devices LIMIT 5",
};

const downtimePercentiles: View = {
  about: "How long guests stood still, by machine type and version.",
  columns: {
    ...machineAndVersion,
    migrations: "whose downtime is known",
    p50_ms: "the median of the guest's downtime",
    p90_ms: "the 90th percentile",
    p95_ms: "the 95th",
    p99_ms: "the 99th",
    max_ms: "the longest one",
    longest: "the recording of the longest one",
  },
  sql: (dialect) => `
SELECT machine, version, count(*) AS migrations,
${[50, 90, 95, 99]
  .map((percent) => `  ${ms(dialect.percentile(percent, "downtime_ns"))} AS p${percent}_ms,`)
  .join("\n")}
  ${ms("max(downtime_ns)")} AS max_ms,
  ${dialect.ofHighest("recording", "downtime_ns")} AS longest
FROM migrations
WHERE downtime_ns IS NOT NULL
GROUP BY machine, version
ORDER BY machine, version`,
  example:
    "SELECT machine, version, migrations, p50_ms, p95_ms, max_ms FROM downtime_percentiles LIMIT 5",
};

const nonConverging: View = {
  about: `Migrations that ran on without getting nearer to their end: of four complete rounds or more, in whose later half a round started with at least 9/10 of the most that was dirty at the start of one of the earlier half (the first, of all memory, aside). Not those that ended as planned: completed by postcopy, or within ${MANY_ROUNDS} rounds.`,
  columns: {
    recording: "the migration",
    name: "the name of its folder",
    date: "its day",
    host: "its source's host",
    ...machineAndVersion,
    status: "what it came to",
    rounds: "passes through dirty memory",
    early_pending: "the most bytes that were dirty at the start of a round of the earlier half",
    late_pending: "the same of the later half",
  },
  sql: (dialect) => `
SELECT recording, name, date, host, machine, version, status, rounds, early_pending, late_pending
FROM ${dialect.join(
    `SELECT recording,
    max(CASE WHEN number * 2 <= rounds + 2 THEN pending END) AS early_pending,
    max(CASE WHEN number * 2 > rounds + 2 THEN pending END) AS late_pending
  FROM ${dialect.join(
    "SELECT recording, number, pending FROM rounds WHERE number > 1 AND pending IS NOT NULL AND complete",
    `SELECT recording, rounds FROM migrations WHERE rounds >= 4
    AND (status != 'completed' OR (NOT postcopy AND rounds >= ${MANY_ROUNDS}))`,
    ["recording"],
  )}
  GROUP BY recording`,
    migrations("name", "date", "host", "status", "rounds"),
    ["recording"],
  )}
WHERE late_pending * 10 >= early_pending * 9
ORDER BY host, recording`,
  example: "SELECT host, count(*) AS migrations FROM non_converging GROUP BY host ORDER BY host",
};

/** What is compared between versions, one row a migration and measure. */
const measures = (dialect: Dialect) => `
  SELECT machine, version, 'downtime' AS measure, downtime_ns AS ns
  FROM migrations WHERE downtime_ns IS NOT NULL
  UNION ALL
  SELECT machine, version, 'total time' AS measure, total_ns AS ns
  FROM migrations WHERE total_ns IS NOT NULL
  UNION ALL
  SELECT machine, version, concat(operation, ' of ', device) AS measure, time_ns AS ns
  FROM ${dialect.join(
    "SELECT recording, device, operation, time_ns FROM devices WHERE time_ns IS NOT NULL",
    migrations(),
    ["recording"],
  )}`;

/** Medians and 95th percentiles of all that is compared between versions, in milliseconds. */
export function measuresQuery(dialect: Dialect): string {
  return `SELECT machine, version, measure, count(*) AS migrations,
  ${ms(dialect.percentile(50, "ns"))} AS p50_ms, ${ms(dialect.percentile(95, "ns"))} AS p95_ms
FROM (${measures(dialect)})
GROUP BY machine, version, measure
ORDER BY machine, version, measure`;
}

/** Its measures, by version; the columns end in `_a` or `_b`. */
const measuresOf = (dialect: Dialect, letter: "a" | "b") => `
  SELECT machine, measure, version AS ${dialect.parameterColumn(`version_${letter}`)}, count(*) AS migrations_${letter},
    ${dialect.percentile(50, "ns")} AS p50_${letter},
    ${dialect.percentile(95, "ns")} AS p95_${letter}
  FROM (${measures(dialect)})
  GROUP BY machine, measure, version`;

const regressions: View = {
  about:
    "What takes longer in the median with one version than with another, on the same machine type: the downtime, the whole migration, the save and load of each device; the worst first.",
  parameters: ["version_a", "version_b"],
  columns: {
    machine: "the machine type",
    measure: "`downtime`, `total time`, `save of DEVICE` or `load of DEVICE`",
    migrations_a: "of the first version, in which it is known",
    migrations_b: "of the second version",
    p50_a_ms: "the first version's median",
    p50_b_ms: "the second version's",
    ratio: "the second by the first",
    p95_a_ms: "the first version's 95th percentile",
    p95_b_ms: "the second version's",
  },
  sql: (dialect) => {
    const [a, b] = [dialect.parameterColumn("version_a"), dialect.parameterColumn("version_b")];
    return `
SELECT ${a}, ${b}, machine, measure, migrations_a, migrations_b,
  ${ms("p50_a")} AS p50_a_ms, ${ms("p50_b")} AS p50_b_ms, p50_b / p50_a AS ratio,
  ${ms("p95_a")} AS p95_a_ms, ${ms("p95_b")} AS p95_b_ms
FROM ${dialect.join(measuresOf(dialect, "a"), measuresOf(dialect, "b"), ["machine", "measure"])}
WHERE p50_b > p50_a AND p50_a > 0 AND ${a} != ${b}
ORDER BY ratio DESC, machine, measure`;
  },
  example:
    "SELECT machine, measure, p50_a_ms, p50_b_ms, ratio FROM regressions('10.1.0', '10.2.2') WHERE migrations_a >= 5 AND migrations_b >= 5 LIMIT 5",
};

const downtimeSpent: View = {
  about:
    "What downtime was spent on, by machine type and version: its path over both sides, added up.",
  columns: {
    ...machineAndVersion,
    side: "`source`, `wire` or `destination`",
    kind: "`stop`, `save`, `wait`, `load`, `resume` or `unexplained`",
    migrations: "whose downtime's path is known",
    total_ms: "in all of them",
    mean_ms: "in each of them, on the average",
    share: "of all their downtime",
  },
  sql: (dialect) => `
SELECT machine, version, side, kind, migrations, ${ms("spent_ns")} AS total_ms,
  ${ms("spent_ns")} / migrations AS mean_ms, spent_ns / all_ns AS share
FROM ${dialect.join(
    `SELECT machine, version, side, kind, sum(end_ns - start_ns) AS spent_ns
  FROM ${stretches(dialect)} GROUP BY machine, version, side, kind`,
    `SELECT machine, version, count(DISTINCT recording) AS migrations,
    sum(end_ns - start_ns) AS all_ns
  FROM ${stretches(dialect)} GROUP BY machine, version`,
    ["machine", "version"],
  )}
ORDER BY machine, version, total_ms DESC, side, kind`,
  example:
    "SELECT side, kind, mean_ms, share FROM downtime_spent WHERE machine = 'pc-q35-10.2' AND version = '10.2.2' LIMIT 5",
};

function stretches(dialect: Dialect): string {
  return dialect.join(
    "SELECT recording, side, kind, start_ns, end_ns FROM downtime",
    migrations(),
    ["recording"],
  );
}

/** The ready views, by name. */
export const views = {
  slowest_devices: slowestDevices,
  downtime_percentiles: downtimePercentiles,
  non_converging: nonConverging,
  regressions,
  downtime_spent: downtimeSpent,
} as const satisfies Record<string, View>;
