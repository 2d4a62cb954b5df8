/** ISO 8601 with date, time, maybe a fraction, and `Z` or an offset: three groups for `isoNanoseconds`. */
export const isoPattern = String.raw`(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[-+]\d\d:?\d\d)`;

let lastSecond = "";
let lastTime = 0n;

/**
 * Nanoseconds since 1970 of a time that `isoPattern` took apart; undefined for one that is none,
 * such as the 32nd of a month.
 */
export function isoNanoseconds(
  second: string,
  fraction: string | undefined,
  zone: string,
): bigint | undefined {
  const whole = `${second}${zone}`;
  if (whole !== lastSecond) {
    const milliseconds = Date.parse(whole);
    if (Number.isNaN(milliseconds)) return undefined;
    lastTime = BigInt(milliseconds) * 1_000_000n;
    lastSecond = whole;
  }
  return fraction ? lastTime + BigInt(fraction.padEnd(9, "0")) : lastTime;
}
