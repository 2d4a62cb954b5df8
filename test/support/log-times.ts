/**
 * When a log's first line that matches was written, in nanoseconds: a few lines of its own, so that
 * tests need not trust the readers that they test. Times are `SECONDS.MICROS:` or ISO 8601.
 */
export function timeIn(log: string, pattern: RegExp, after = 0n): bigint {
  for (const line of log.split("\n")) {
    if (!pattern.test(line)) continue;
    const time = timeOf(line);
    if (time !== undefined && time >= after) return time;
  }
  throw new Error(`no line matches ${pattern}`);
}

function timeOf(line: string): bigint | undefined {
  const epoch = /^\d+@(\d+)\.(\d{6}):/.exec(line);
  if (epoch) return BigInt(epoch[1]!) * 1_000_000_000n + BigInt(epoch[2]!) * 1000n;
  const iso = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})Z /.exec(line);
  if (!iso) return undefined;
  return BigInt(Date.parse(`${iso[1]}Z`)) * 1_000_000n + BigInt(iso[2]!) * 1000n;
}
