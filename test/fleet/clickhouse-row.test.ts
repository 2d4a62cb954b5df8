import { expect, test } from "vitest";
import { clickhouseRow } from "../../src/fleet/clickhouse-row.js";
import { dateOf, partitionOf } from "../../src/fleet/partition.js";

const place = {
  ...{ recording: "abc", name: "night", folder: "/srv", host: "a:b" },
  time: new Date("2026-11-24T23:59:59.999Z"),
};

test("values go to ClickHouse as its JSONEachRow takes them", () => {
  const damage = { recording: "abc", name: "", folder: "a", file: "b", message: "c" };
  expect(clickhouseRow("damage", { ...damage, count: 2n ** 60n, skipped: true }, place)).toEqual({
    ...{ ...damage, date: "2026-11-24", host: "a:b", count: "1152921504606846976", skipped: 1 },
  });
  expect(clickhouseRow("damage", { ...damage, count: 0, skipped: false }, place)).toMatchObject({
    ...{ count: "0", skipped: 0 },
  });
  // What is missing is null, and what is not a column is left out.
  expect(clickhouseRow("problems", { kind: "problem", other: 1 }, place)).toEqual({
    ...{ date: "2026-11-24", host: "a:b", recording: null, ordinal: null, kind: "problem" },
    message: null,
  });
  expect(clickhouseRow("migrations", { time: place.time }, place).time).toBe("2026-11-24 23:59:59");
});

test("a folder is of a day in UTC and a host", () => {
  expect(dateOf(place)).toBe("2026-11-24");
  expect(partitionOf(place)).toBe("date=2026-11-24/host=a%3Ab");
});
