import type { FleetPageData } from "../fleet-page-data.js";

/** What the reader wants to see: indices into the lists of the data; undefined for all. */
export interface Filter {
  readonly version: number | undefined;
  readonly machine: number | undefined;
  readonly host: number | undefined;
  readonly status: number | undefined;
}

const FIELDS = ["version", "machine", "host", "status"] as const;

/** The migrations that a filter lets through, in the order of time. */
export function filtered(data: FleetPageData, filter: Filter): number[] {
  return data.recording.flatMap((_, index) =>
    FIELDS.every((field) => filter[field] === undefined || data[field][index] === filter[field])
      ? [index]
      : [],
  );
}

/** The address of a migration's own page; undefined if it has none. */
export class Links {
  readonly #data: FleetPageData;
  readonly #pageless: ReadonlySet<number>;

  constructor(data: FleetPageData) {
    this.#data = data;
    this.#pageless = new Set(data.pageless);
  }

  of(migration: number): string | undefined {
    if (this.#pageless.has(migration)) return undefined;
    return this.#data.link.replaceAll("{recording}", this.#data.recording[migration]!);
  }
}

/** The last part of a migration's folder. */
export function nameOf({ folder }: FleetPageData, migration: number): string {
  return folder[migration]!.split(/[\\/]/).at(-1) ?? "";
}

/** `12.3 ms`, `123 ms`. */
export function inMilliseconds(value: number): string {
  return `${value < 100 ? Number(value.toPrecision(3)) : Math.round(value)} ms`;
}

/** `2026-11-24 15:04`, UTC. */
export function inMinutes(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}
