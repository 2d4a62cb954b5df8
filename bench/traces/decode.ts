/** The whole of `qtrace decode`, by format and threads: how long it takes, and in how much memory. */

import { measureCli, type Usage } from "../../test/support/measured-cli.js";
import { quantile } from "../support/quantile.js";

const cases = [
  "--format text",
  "--format simpletrace",
  "--format jsonl",
  "--format csv",
  "--format parquet",
  "--format text --jobs 2",
  "--format csv --jobs 2",
  "--format parquet --jobs 2",
] as const;

type Measured = Usage & { readonly seconds: number };

/** Prints a line a case; cases take turns. */
export function benchDecode(cli: string, trace: string, events: string, rounds: number): void {
  const results = new Map<string, Measured[]>(cases.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measured] of results) {
      const begin = performance.now();
      const usage = measureCli(cli, [
        ...["decode", trace, "--events", events, ...name.split(" ")],
        ...["--output", `${trace}.out`],
      ]);
      measured.push({ ...usage, seconds: (performance.now() - begin) / 1000 });
    }
  }
  console.log(`\n${"qtrace decode".padEnd(28)}least s   median s   CPU s   peak MB`);
  for (const [name, measured] of results) {
    const of = (part: (one: Measured) => number, rank: number) =>
      quantile(measured.map(part), rank);
    const columns = [
      of(({ seconds }) => seconds, 0)
        .toFixed(2)
        .padStart(7),
      of(({ seconds }) => seconds, 0.5)
        .toFixed(2)
        .padStart(11),
      of(({ cpu }) => cpu, 0.5)
        .toFixed(2)
        .padStart(8),
      of(({ megabytes }) => megabytes, 1)
        .toFixed(0)
        .padStart(10),
    ];
    console.log(`${name.padEnd(28)}${columns.join("")}`);
  }
  console.log("aim: 200 MB at most for one thread, whatever the file's size");
}
