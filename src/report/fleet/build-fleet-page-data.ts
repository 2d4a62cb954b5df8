import { compareVersions } from "./compare-versions.js";
import type { FleetFacts, FleetMigration, FleetPages } from "./fleet-facts.js";
import type { FleetPageData } from "./fleet-page-data.js";

/** Lays out what a data set says as columns, for a page to carry. */
export function buildFleetPageData(
  { migrations, measures, stuck }: FleetFacts,
  { link, has }: FleetPages,
): FleetPageData {
  const distinct = (value: (migration: FleetMigration) => string) =>
    new Names([...new Set(migrations.map(value))].sort(compareVersions));
  const hosts = distinct(({ host }) => host);
  const machines = distinct(({ machine }) => machine);
  const versions = distinct(({ version }) => version);
  const statuses = distinct(({ status }) => status);
  const indices = new Map(migrations.map(({ recording }, index) => [recording, index]));
  return {
    hosts: hosts.names,
    machines: machines.names,
    versions: versions.names,
    statuses: statuses.names,
    recording: migrations.map(({ recording }) => recording),
    folder: migrations.map(({ folder }) => folder),
    time: migrations.map(({ time }) => time),
    host: migrations.map(({ host }) => hosts.index(host)),
    machine: migrations.map(({ machine }) => machines.index(machine)),
    version: migrations.map(({ version }) => versions.index(version)),
    status: migrations.map(({ status }) => statuses.index(status)),
    downtime: migrations.map(({ downtime }) => downtime),
    rounds: migrations.map(({ rounds }) => rounds),
    link,
    pageless: migrations.flatMap(({ recording }, index) => (has(recording) ? [] : [index])),
    measures: measures.map(({ machine, version, ...measure }) => ({
      ...measure,
      machine: machines.index(machine),
      version: versions.index(version),
    })),
    nonConverging: stuck.map(({ recording, early, late }) => ({
      migration: indices.get(recording)!,
      early,
      late,
    })),
  };
}

/** Names by their place in a list. */
class Names {
  readonly names: readonly string[];
  readonly #indices: ReadonlyMap<string, number>;

  constructor(names: readonly string[]) {
    this.names = names;
    this.#indices = new Map(names.map((name, index) => [name, index]));
  }

  index(name: string): number {
    return this.#indices.get(name)!;
  }
}
