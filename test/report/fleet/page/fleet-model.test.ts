import { expect, test } from "vitest";
import { buildFleetPageData } from "../../../../src/report/fleet/build-fleet-page-data.js";
import { compareVersions } from "../../../../src/report/fleet/compare-versions.js";
import type { FleetMigration } from "../../../../src/report/fleet/fleet-facts.js";
import {
  type Filter,
  filtered,
  inMilliseconds,
  inMinutes,
  Links,
  nameOf,
} from "../../../../src/report/fleet/page/fleet-model.js";
import { moments, powers } from "../../../../src/report/fleet/page/plot-options.js";

const migration = (recording: string, known: Partial<FleetMigration>): FleetMigration => ({
  ...{ recording, folder: `/srv/${recording}`, time: 5, host: "h1", machine: "q35" },
  ...{ version: "9.2", status: "completed", downtime: 1, rounds: 2, ...known },
});
const facts = {
  migrations: [
    migration("a", { version: "10.0" }),
    migration("b", { host: "h0", folder: "C:\\night\\b" }),
    migration("c", { machine: "virt", status: "failed", downtime: null }),
  ],
  measures: [{ machine: "virt", version: "10.0", what: "downtime", migrations: 3, p50: 1, p95: 2 }],
  stuck: [{ recording: "c", early: 7, late: 8 }],
};
const pages = { link: "x/{recording}#{recording}", has: (recording: string) => recording !== "b" };
const data = buildFleetPageData(facts, pages);

test("a page has each name once, the oldest version first, and indices of them", () => {
  expect(data).toEqual({
    ...{ hosts: ["h0", "h1"], machines: ["q35", "virt"], versions: ["9.2", "10.0"] },
    ...{ statuses: ["completed", "failed"], recording: ["a", "b", "c"] },
    ...{ folder: ["/srv/a", "C:\\night\\b", "/srv/c"], time: [5, 5, 5], host: [1, 0, 1] },
    ...{ machine: [0, 0, 1], version: [1, 0, 0], status: [0, 0, 1], downtime: [1, 1, null] },
    ...{ rounds: [2, 2, 2], link: "x/{recording}#{recording}", pageless: [1] },
    measures: [{ machine: 1, version: 1, what: "downtime", migrations: 3, p50: 1, p95: 2 }],
    nonConverging: [{ migration: 2, early: 7, late: 8 }],
  });
  expect([compareVersions("9.2", "10.0"), compareVersions("10.0", "9.2")]).toEqual([-1, 1]);
});

const none: Filter = { version: undefined, machine: undefined, host: undefined, status: undefined };
test.each<[Partial<Filter>, readonly number[]]>([
  [{}, [0, 1, 2]],
  [{ version: 0 }, [1, 2]],
  [{ machine: 1 }, [2]],
  [{ host: 1 }, [0, 2]],
  [{ status: 0 }, [0, 1]],
  [{ status: 0, host: 1 }, [0]],
  [{ version: 1, status: 1 }, []],
])("the filter %o", (filter, migrations) => {
  expect(filtered(data, { ...none, ...filter })).toEqual(migrations);
});

test("a migration has a link to its page if it has one, and a name", () => {
  const links = new Links(data);
  expect([0, 1, 2].map((index) => links.of(index))).toEqual(["x/a#a", undefined, "x/c#c"]);
  expect([0, 1].map((index) => nameOf(data, index))).toEqual(["a", "b"]);
});

test.each([
  [0, "0 ms"],
  [1.2345, "1.23 ms"],
  [12.34, "12.3 ms"],
  [99.94, "99.9 ms"],
  [100.4, "100 ms"],
  [1234.5, "1235 ms"],
])("%d is %s", (value, text) => {
  expect(inMilliseconds(value)).toBe(text);
});

test("times are in UTC: minutes in tables, days and hours on axes", () => {
  const time = Date.UTC(2026, 10, 24, 15, 4, 59);
  expect(inMinutes(time)).toBe("2026-11-24 15:04");
  const day = Date.UTC(2026, 10, 24) / 1000;
  expect(moments(undefined as never, [day, day + 1, day + 3600])).toEqual([
    ...["2026-11-24", "00:00", "01:00"],
  ]);
});

test("of a logarithmic axis only powers of ten have a label", () => {
  expect(powers(undefined as never, [0.01, 0.02, 1, 5, 10, 99, 1000])).toEqual([
    ...["0.01", null, "1", null, "10", null, "1000"],
  ]);
});
