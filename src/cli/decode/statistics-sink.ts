import { formatTable } from "../../report/table.js";
import { type EventStatistics, StatisticsCounter } from "../../traces/event-statistics.js";
import type { Put, RecordSink } from "./record-sink.js";
import { csvRow } from "./record-table.js";

/** How statistics are printed. */
export type StatisticsFormat = "text" | "jsonl" | "csv";

/** Counts records, and prints what they come to behind the last: a line an event. */
export function statisticsSink(put: Put, format: StatisticsFormat): RecordSink {
  const counter = new StatisticsCounter();
  return {
    add: (cursor) => counter.count(cursor),
    full: false,
    write: nothing,
    endBlock: nothing,
    end: async () => put(printers[format](counter.statistics())),
  };
}

const nothing = async () => {};

const printers: Readonly<Record<StatisticsFormat, (rows: readonly EventStatistics[]) => string>> = {
  text: statisticsText,
  jsonl: (rows) => rows.map((row) => `${JSON.stringify(statisticsJson(row))}\n`).join(""),
  csv: (rows) =>
    [
      csvRow(["event", "count", "first", "last", "rate", "bytes"]),
      ...rows.map(({ name, count, first, last, rate, bytes }) =>
        csvRow([name, count, first ?? null, last ?? null, rate ?? null, bytes]),
      ),
    ]
      .map((line) => `${line}\n`)
      .join(""),
};

/** 64-bit integers are decimal strings, as in all JSON of ours. */
function statisticsJson({ name, count, first, last, rate, bytes }: EventStatistics) {
  const time = (value: bigint | undefined) => (value === undefined ? null : `${value}`);
  return { event: name, count, first: time(first), last: time(last), rate: rate ?? null, bytes };
}

/** Times from the first record that is counted. */
function statisticsText(rows: readonly EventStatistics[]): string {
  if (rows.length === 0) return "no records\n";
  let { first, last } = rows[0]!;
  for (const row of rows) {
    if (first === undefined || (row.first !== undefined && row.first < first)) first = row.first;
    if (last === undefined || (row.last !== undefined && row.last > last)) last = row.last;
  }
  const sum = (part: (row: EventStatistics) => number) =>
    rows.reduce((total, row) => total + part(row), 0);
  const total = {
    name: `${rows.length} events`,
    count: sum(({ count }) => count),
    first,
    last,
    rate: undefined,
    bytes: sum(({ bytes }) => bytes),
  };
  const milliseconds = (time: bigint | undefined) =>
    time === undefined || first === undefined ? "–" : (Number(time - first) / 1e6).toFixed(3);
  return formatTable(rows.length > 1 ? [...rows, total] : rows, [
    { title: "event", cell: ({ name }) => name },
    { title: "count", align: "right", cell: ({ count }) => String(count) },
    { title: "first ms", align: "right", cell: (row) => milliseconds(row.first) },
    { title: "last ms", align: "right", cell: (row) => milliseconds(row.last) },
    { title: "per second", align: "right", cell: ({ rate }) => rate?.toPrecision(4) ?? "" },
    { title: "bytes", align: "right", cell: ({ bytes }) => String(bytes) },
  ]);
}
