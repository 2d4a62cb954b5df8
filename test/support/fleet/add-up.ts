/**
 * What the views must say, added up by hand from what `analyze --format json` prints of each
 * recording: nothing of it goes through the tables or SQL.
 */

/** A recording by its JSON. */
export interface Analyzed {
  readonly recording: string;
  readonly version: string;
  readonly host: string;
  readonly date: string;
  readonly name: string;
  readonly status: string;
  readonly json: AccountJson;
}

interface Timed {
  readonly start: string;
  readonly end: string;
}

interface PairingJson extends Partial<Timed> {
  readonly status: string;
}

export interface AccountJson {
  readonly machine?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly items: readonly {
    readonly type: number;
    readonly idstr?: string;
    readonly instance?: number;
    readonly name?: string;
    readonly size: number;
    readonly source: PairingJson;
    readonly destination: PairingJson;
  }[];
  readonly rounds: readonly {
    readonly number: number;
    readonly pending?: number;
    readonly complete?: boolean;
  }[];
  readonly downtime: {
    readonly guest?: string;
    readonly path: readonly (Timed & { readonly side: string; readonly kind: string })[];
  };
}

type Group = readonly string[];
export type ViewRow = Readonly<Record<string, string | number>>;

const lasted = ({ start, end }: Timed) => Number(BigInt(end) - BigInt(start));
const ms = (nanoseconds: number) => nanoseconds / 1e6;

/** By nearest rank. */
function percentile(percent: number, values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1]!;
}

/** The recording that took longest; of two that took as long, the one of the higher key. */
function slowestOf(
  values: readonly { readonly time: number; readonly recording: string }[],
): string {
  return values.toSorted((a, b) => b.time - a.time || (a.recording < b.recording ? 1 : -1))[0]!
    .recording;
}

/** Values by what they are grouped by. */
class Groups<T> {
  readonly #groups = new Map<string, { readonly by: Group; readonly values: T[] }>();

  add(by: Group, value: T): void {
    const key = by.join("\0");
    const group = this.#groups.get(key) ?? { by, values: [] };
    this.#groups.set(key, group);
    group.values.push(value);
  }

  get all(): { readonly by: Group; readonly values: readonly T[] }[] {
    return [...this.#groups.values()];
  }

  values(...by: Group): readonly T[] {
    return this.#groups.get(by.join("\0"))?.values ?? [];
  }
}

interface DeviceTime {
  readonly device: string;
  readonly operation: "save" | "load";
  readonly bytes: number;
  readonly time: number;
}

/** The last item that the guest's run at the destination waited for, in a postcopy. */
function lastBeforeRun({ items }: AccountJson): number {
  const run = items.findIndex(({ name }) => name === "POSTCOPY_RUN");
  return run < 0 ? items.length : run;
}

/**
 * Sections of the kinds END (3) and FULL (4), summed up for each device and side; those sent while the
 * guest ran took no downtime.
 */
function deviceTimes(json: AccountJson): DeviceTime[] {
  const { items } = json;
  const last = lastBeforeRun(json);
  const times = new Map<string, DeviceTime>();
  for (const [side, operation] of [
    ["source", "save"],
    ["destination", "load"],
  ] as const) {
    const bytes = new Map<string, number>();
    const unknown = new Set<string>();
    for (const [index, item] of items.entries()) {
      const late = index > last;
      if (item.type !== 3 && item.type !== 4 && !(late && item.type === 2)) continue;
      const device = item.instance ? `${item.idstr}#${item.instance}` : item.idstr!;
      bytes.set(device, (bytes.get(device) ?? 0) + (late ? 0 : item.size));
      const pairing = item[side];
      if (!late && pairing.status !== "paired") unknown.add(device);
      if (pairing.status === "no trace" || unknown.has(device)) continue;
      const key = `${device} ${operation}`;
      const time = (times.get(key)?.time ?? 0) + (late ? 0 : lasted(pairing as Timed));
      times.set(key, { device, operation, time, bytes: 0 });
    }
    for (const [key, value] of times) {
      if (value.operation !== operation) continue;
      if (unknown.has(value.device)) times.delete(key);
      else {
        times.set(key, { ...value, bytes: bytes.get(value.device)! });
      }
    }
  }
  return [...times.values()];
}

/** The rows of `slowest_devices`. */
export function slowestDevices(all: readonly Analyzed[]): ViewRow[] {
  const groups = new Groups<DeviceTime & { readonly recording: string }>();
  for (const { json, version, recording } of all) {
    for (const one of deviceTimes(json)) {
      groups.add([json.machine ?? "", version, one.device, one.operation], { ...one, recording });
    }
  }
  return groups.all.map(({ by, values }) => {
    const times = values.map(({ time }) => time);
    const [machine, version, device, operation] = by as [string, string, string, string];
    return {
      ...{ machine, version, device, operation },
      migrations: values.length,
      p50_ms: ms(percentile(50, times)),
      p95_ms: ms(percentile(95, times)),
      max_ms: ms(Math.max(...times)),
      max_bytes: Math.max(...values.map(({ bytes }) => bytes)),
      slowest: slowestOf(values),
    };
  });
}

/** The rows of `downtime_percentiles`. */
export function downtimePercentiles(all: readonly Analyzed[]): ViewRow[] {
  const groups = new Groups<{ readonly time: number; readonly recording: string }>();
  for (const { json, version, recording } of all) {
    if (json.downtime.guest === undefined) continue;
    groups.add([json.machine!, version], { time: Number(json.downtime.guest), recording });
  }
  return groups.all.map(({ by, values }) => {
    const times = values.map(({ time }) => time);
    const [machine, version] = by as [string, string];
    return {
      ...{ machine, version },
      migrations: values.length,
      p50_ms: ms(percentile(50, times)),
      p90_ms: ms(percentile(90, times)),
      p95_ms: ms(percentile(95, times)),
      p99_ms: ms(percentile(99, times)),
      max_ms: ms(Math.max(...times)),
      longest: slowestOf(values),
    };
  });
}

/** The rows of `non_converging`. */
export function nonConverging(all: readonly Analyzed[]): ViewRow[] {
  return all.flatMap(({ json, recording, name, date, host, version, status }) => {
    const { rounds } = json;
    const isPostcopy = json.items.some((item) => item.name === "POSTCOPY_RUN");
    const asPlanned = status === "completed" && (isPostcopy || rounds.length < 10);
    if (rounds.length < 4 || asPlanned) return [];
    const half = (rounds.length + 2) / 2;
    const most = (wanted: (number: number) => boolean) =>
      Math.max(
        ...rounds
          .filter(({ number, complete }) => number > 1 && complete && wanted(number))
          .filter(({ pending }) => pending !== undefined)
          .map(({ pending }) => pending!),
      );
    const [early, late] = [most((number) => number <= half), most((number) => number > half)];
    if (!(late * 10 >= early * 9) || !Number.isFinite(early + late)) return [];
    const about = { recording, name, date, host, machine: json.machine!, version, status };
    return [{ ...about, rounds: rounds.length, early_pending: early, late_pending: late }];
  });
}

/** The rows of `regressions`, of every two versions. */
export function regressions(all: readonly Analyzed[]): ViewRow[] {
  const groups = new Groups<number>();
  const measures = new Set<string>();
  const add = (machine: string, version: string, measure: string, time: number) => {
    groups.add([machine, version, measure], time);
    measures.add(measure);
  };
  for (const { json, version } of all) {
    const { machine = "", begin, end, downtime } = json;
    if (downtime.guest !== undefined) add(machine, version, "downtime", Number(downtime.guest));
    if (begin !== undefined && end !== undefined)
      add(machine, version, "total time", lasted({ start: begin, end }));
    for (const { device, operation, time } of deviceTimes(json))
      add(machine, version, `${operation} of ${device}`, time);
  }
  const versions = [...new Set(all.map(({ version }) => version))];
  const machines = [...new Set(all.map(({ json }) => json.machine ?? ""))];
  const rows: ViewRow[] = [];
  for (const a of versions)
    for (const b of versions)
      for (const machine of machines)
        for (const measure of measures) {
          const [before, after] = [
            groups.values(machine, a, measure),
            groups.values(machine, b, measure),
          ];
          if (a === b || before.length === 0 || after.length === 0) continue;
          const [p50a, p50b] = [percentile(50, before), percentile(50, after)];
          if (p50b <= p50a || p50a <= 0) continue;
          rows.push({
            ...{ version_a: a, version_b: b, machine, measure },
            migrations_a: before.length,
            migrations_b: after.length,
            p50_a_ms: ms(p50a),
            p50_b_ms: ms(p50b),
            ratio: p50b / p50a,
            p95_a_ms: ms(percentile(95, before)),
            p95_b_ms: ms(percentile(95, after)),
          });
        }
  return rows;
}

/** The rows of `downtime_spent`. */
export function downtimeSpent(all: readonly Analyzed[]): ViewRow[] {
  const spent = new Groups<number>();
  const whole = new Groups<number>();
  for (const { json, version } of all) {
    const { machine = "", downtime } = json;
    if (downtime.path.length === 0) continue;
    const times = downtime.path.map(lasted);
    whole.add([machine, version], sum(times));
    for (const [index, { side, kind }] of downtime.path.entries())
      spent.add([machine, version, side, kind], times[index]!);
  }
  return spent.all.map(({ by, values }) => {
    const [machine, version, side, kind] = by as [string, string, string, string];
    const all = whole.values(machine, version);
    const total = sum(values);
    return {
      ...{ machine, version, side, kind },
      migrations: all.length,
      total_ms: ms(total),
      mean_ms: ms(total) / all.length,
      share: total / sum(all),
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
