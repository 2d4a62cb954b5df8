import type { DuckDBConnection } from "@duckdb/node-api";
import { duckdbDialect } from "../../fleet/dialect.js";
import { measuresQuery } from "../../fleet/views.js";
import type { FleetFacts } from "../../report/fleet/fleet-facts.js";

/** Asks a data set for what a page over it tells. */
export async function readFacts(connection: DuckDBConnection): Promise<FleetFacts> {
  const rows = async <T>(sql: string): Promise<T[]> => {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowObjectsJson() as T[];
  };
  return {
    migrations: await rows(`SELECT recording, folder, epoch_ms(time)::DOUBLE AS time, host, machine,
  version, status, round(downtime_ns / 1e6, 3) AS downtime, rounds::DOUBLE AS rounds
FROM migrations ORDER BY migrations.time, recording`),
    measures:
      await rows(`SELECT machine, version, measure AS what, migrations::DOUBLE AS migrations,
  p50_ms AS p50, p95_ms AS p95 FROM (${measuresQuery(duckdbDialect)})`),
    stuck:
      await rows(`SELECT recording, early_pending::DOUBLE AS early, late_pending::DOUBLE AS late
FROM non_converging`),
  };
}
