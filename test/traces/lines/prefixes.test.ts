/** What precedes an event's name, in each form of log: a line that just has it, one that just has not. */

import { describe, expect, test } from "vitest";
import { type LinePrefix, readPrefix } from "../../../src/traces/lines/line-format.js";
import { lineFormats } from "../../../src/traces/lines/line-formats.js";

const formatOf = (name: string) => lineFormats.find((format) => format.name === name)!;

type Row = readonly [prefix: string, timestamp: bigint, pid: number];

/** Each prefix ends where the name begins; `none` are lines without it. */
function testPrefixes(name: string, rows: readonly Row[], none: readonly string[]): void {
  describe(name, () => {
    test.each(rows)("%s", (prefix, timestamp, pid) => {
      for (const rest of ["ram_page pc.ram at 5", ""]) {
        const expected: LinePrefix = { length: prefix.length, timestamp, pid };
        expect(readPrefix(formatOf(name), prefix + rest)).toEqual(expected);
      }
    });
    test.each(none)("not %s", (line) => {
      expect(readPrefix(formatOf(name), `${line}ram_page pc.ram at 5`)).toBeUndefined();
    });
  });
}

/** 2026-11-23T03:26:07Z, as date -u -d says. */
const SECOND = 1795404367n;
const NANO = 1_000_000_000n;

test("the forms, each with what its timestamps count from", () => {
  expect(lineFormats.map(({ name, clock }) => [name, clock])).toEqual([
    ["log-iso", "realtime"],
    ["log-thread", "realtime"],
    ["systemtap", "realtime"],
    ["ftrace", "monotonic"],
    ["syslog-iso", "realtime"],
    ["syslog", "year"],
    ["log-program", "realtime"],
    ["log", "none"],
  ]);
});

testPrefixes(
  "log-iso",
  [
    ["2026-11-23T03:26:07Z ", SECOND * NANO, 0],
    ["2026-11-23T03:26:07.5Z ", SECOND * NANO + 500_000_000n, 0],
    ["2026-11-23T03:26:07.000000001Z ", SECOND * NANO + 1n, 0],
    ["2026-11-23T04:26:07+01:00 ", SECOND * NANO, 0],
    ["2026-11-23T04:26:07+0100 ", SECOND * NANO, 0],
    ["2026-11-22T21:56:07.25-05:30 ", SECOND * NANO + 250_000_000n, 0],
    ["1970-01-01T00:00:00Z ", 0n, 0],
    ["2262-04-11T23:47:16.854775807Z ", 2n ** 63n - 1n, 0],
  ],
  [
    "2262-04-11T23:47:16.854775808Z ",
    "1969-12-31T23:59:59.999999999Z ",
    "2026-11-32T03:26:07Z ",
    "2026-13-23T03:26:07Z ",
    "2026-11-23T03:26:07.Z ",
    "2026-11-23T03:26:07.1234567890Z ",
    "2026-11-23T03:26:07 ",
    "2026-11-23 03:26:07Z ",
    "2026-11-23T03:26:07Z",
    " 2026-11-23T03:26:07Z ",
    "x2026-11-23T03:26:07Z ",
    "202-11-23T03:26:07Z ",
    "2026-1-23T03:26:07Z ",
    "2026-11-23T03:26:07+1:00 ",
  ],
);

test("two lines of the same second differ by their fractions, and then by their zones", () => {
  const read = (line: string) => readPrefix(formatOf("log-iso"), `${line} x`)?.timestamp;
  expect(read("2026-11-23T03:26:07.1Z")).toBe(SECOND * NANO + 100_000_000n);
  expect(read("2026-11-23T03:26:07.2Z")).toBe(SECOND * NANO + 200_000_000n);
  expect(read("2026-11-23T03:26:07+01:00")).toBe((SECOND - 3600n) * NANO);
  expect(read("2026-11-32T03:26:07Z")).toBeUndefined();
  expect(read("2026-11-23T03:26:07Z")).toBe(SECOND * NANO);
});

testPrefixes(
  "log-thread",
  [
    ["4711@1795404367.671876:", SECOND * NANO + 671_876_000n, 4711],
    ["0@0.000001:", 1000n, 0],
    ["1234567890@9007199254.740991:", (2n ** 53n - 1n) * 1000n, 1234567890],
  ],
  [
    "1@9223372036.999999:",
    "12345678901@1.000000:",
    "1@1234567890123.000000:",
    "1@1.00000:",
    "1@1.0000000:",
    "1@1.000000 ",
    "1@.000000:",
    "@1.000000:",
    " 1@1.000000:",
    "x1@1.000000:",
  ],
);

testPrefixes(
  "systemtap",
  [
    ["4711@1795404367671876000 ", SECOND * NANO + 671_876_000n, 4711],
    ["1234567890@9223372036854775807 ", 2n ** 63n - 1n, 1234567890],
    ["0@0 ", 0n, 0],
  ],
  [
    "1@9223372036854775808 ",
    "1@123456789012345678901 ",
    "12345678901@1 ",
    "1@1:",
    "1@ ",
    "@1 ",
    " 1@1 ",
    "x1@1 ",
  ],
);

const usec = 123_456_789_000n;

testPrefixes(
  "ftrace",
  [
    [" qemu-4711  [001] .....  123.456789: tracing_mark_write: ", usec, 4711],
    ["qemu-4711 [001] 123.456789: tracing_mark_write: ", usec, 4711],
    ["qemu-4711 [001] d..1 123.456789: 0: ", usec, 4711],
    ["qemu-4711 [001] d..1 123.456789: print: ", usec, 4711],
    ["qemu-4711 [001] d..1 123.456789: print: 0x1fS: ", usec, 4711],
    ["CPU 0/KVM-4711  ( 4700) [001] ..... 123.456789: tracing_mark_write: ", usec, 4711],
    ["a-b-c-1-4711  (-----) [001] ..... 123.456789: tracing_mark_write: ", usec, 4711],
    ["1234567890123456-1234567890 [12] 1.000000: 0: ", NANO, 1234567890],
    ["q-1 [0] 1.0000005: 0: ", NANO + 500n, 1],
    ["q-1 [0] 1.000000001: 0: ", NANO + 1n, 1],
    ["q-1 [0] 9223372036.854775807: 0: ", 2n ** 63n - 1n, 1],
  ],
  [
    "q-1 [0] 9223372036.854775808: 0: ",
    "q-1 [0] 1234567890123.000000: 0: ",
    "12345678901234567-1 [0] 1.000000: 0: ",
    "-1 [0] 1.000000: 0: ",
    "q-12345678901 [0] 1.000000: 0: ",
    "q-1 [0] 1.00000: 0: ",
    "q-1 [0] 1.0000000000: 0: ",
    "q-1 [0] 1.000000: sched_switch: ",
    "q-1 [0] 1.000000: 0:",
    "q-1 [0] 1.000000 0: ",
    "q-1 [a] 1.000000: 0: ",
    "q-1 0 1.000000: 0: ",
    "q-1[0] 1.000000: 0: ",
    "q-1 (x) [0] 1.000000: 0: ",
    "q-1 [0] .....1.000000: 0: ",
  ],
);

/** Days from 1 January of a leap year. */
const day = (days: bigint) => days * 86_400n * NANO;

testPrefixes(
  "syslog",
  [
    ["Jan  1 00:00:00 host qemu[4711]: ", 0n, 4711],
    ["Jan  1 00:00:01 host qemu: ", NANO, 0],
    ["Jan 31 01:02:03 host qemu[1]: ", day(30n) + 3723n * NANO, 1],
    ["Feb 29 00:00:00 host qemu[1]: ", day(59n), 1],
    ["Mar  1 00:00:00 host qemu[1]: ", day(60n), 1],
    ["Apr  1 00:00:00 host qemu[1]: ", day(91n), 1],
    ["May  1 00:00:00 host qemu[1]: ", day(121n), 1],
    ["Jun  1 00:00:00 host qemu[1]: ", day(152n), 1],
    ["Jul  1 00:00:00 host qemu[1]: ", day(182n), 1],
    ["Aug  1 00:00:00 host qemu[1]: ", day(213n), 1],
    ["Sep  1 00:00:00 host qemu[1]: ", day(244n), 1],
    ["Oct  1 00:00:00 host qemu[1]: ", day(274n), 1],
    ["Nov 01 00:00:00 host qemu[1]: ", day(305n), 1],
    ["Dec 31 23:59:59 1.2.3.4 qemu-kvm[1234567890]: ", day(366n) - NANO, 1234567890],
  ],
  [
    "Foo  1 00:00:00 host qemu[1]: ",
    "jan  1 00:00:00 host qemu[1]: ",
    "Janu  1 00:00:00 host qemu[1]: ",
    "Jan 1 00:00:00 host qemu[1]: ",
    "Jan x1 00:00:00 host qemu[1]: ",
    "Jan  x 00:00:00 host qemu[1]: ",
    "Jan  1 0:00:00 host qemu[1]: ",
    "Jan  1 00:0:00 host qemu[1]: ",
    "Jan  1 00:00:0 host qemu[1]: ",
    "Jan  1 00:00:00 qemu[1]: ",
    "Jan  1 00:00:00 host qemu[1]:",
    "Jan  1 00:00:00 host qemu[1] ",
    "Jan  1 00:00:00 host qemu[]: ",
    "Jan  1 00:00:00 host qemu[x]: ",
    "Jan  1 00:00:00 host qemu[12345678901]: ",
    "Jan  1 00:00:00 host qe mu[1]: ",
    "Jan  1 00:00:00 host [1]: ",
    " Jan  1 00:00:00 host qemu[1]: ",
  ],
);

testPrefixes(
  "syslog-iso",
  [
    ["2026-11-23T03:26:07.5Z host qemu[4711]: ", SECOND * NANO + 500_000_000n, 4711],
    ["2026-11-23T03:26:07+00:00 host qemu: ", SECOND * NANO, 0],
    ["<30>1 2026-11-23T03:26:07.5Z host qemu 4711 - - ", SECOND * NANO + 500_000_000n, 4711],
    ["<3>1 2026-11-23T03:26:07Z host qemu - ID47 - ", SECOND * NANO, 0],
    ['<191>1 2026-11-23T03:26:07Z - - 1234567890 - [a b="c"] \ufeff', SECOND * NANO, 1234567890],
    ['<30>1 2026-11-23T03:26:07Z host qemu 1 - [a b="c"][d] ', SECOND * NANO, 1],
  ],
  [
    "2026-11-32T03:26:07Z host qemu[1]: ",
    "2026-11-23T03:26:07Z qemu[1]: ",
    " 2026-11-23T03:26:07Z host qemu[1]: ",
    "<30>1 2026-11-32T03:26:07Z host qemu 1 - - ",
    "<>1 2026-11-23T03:26:07Z host qemu 1 - - ",
    "<1234>1 2026-11-23T03:26:07Z host qemu 1 - - ",
    "<30>2 2026-11-23T03:26:07Z host qemu 1 - - ",
    "30>1 2026-11-23T03:26:07Z host qemu 1 - - ",
    " <30>1 2026-11-23T03:26:07Z host qemu 1 - - ",
    "<30>1 2026-11-23T03:26:07Z host qemu x - - ",
    "<30>1 2026-11-23T03:26:07Z host qemu 12345678901 - - ",
    "<30>1 2026-11-23T03:26:07Z host qemu 1 - x ",
    "<30>1 2026-11-23T03:26:07Z host qemu 1 - [a ",
  ],
);

testPrefixes(
  "log-program",
  [
    ["qemu-system-x86_64: (4711:main): ", 0n, 4711],
    ["2026-11-23T03:26:07.5Z qemu: (4711:main): ", SECOND * NANO + 500_000_000n, 4711],
    ["2026-11-23T03:26:07Z guest qemu: (1:CPU 0/KVM): ", SECOND * NANO, 1],
    ["guest qemu: (1234567890:): ", 0n, 1234567890],
  ],
  [
    "2026-11-32T03:26:07Z qemu: (1:main): ",
    "2026-11-23T03:26:07Z a b qemu: (1:main): ",
    "qemu (1:main): ",
    "qemu: 1:main: ",
    "qemu: (:main): ",
    "qemu: (12345678901:main): ",
    "qemu: (1main): ",
    "qemu: (1:main: ",
    "qemu: (1:main) ",
    "qemu: (1:main):",
    ": (1:main): ",
    " qemu: (1:main): ",
  ],
);

testPrefixes("log", [["", 0n, 0]], []);
