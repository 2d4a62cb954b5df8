import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { formatTable } from "../../src/report/table.js";
import { textReport } from "../../src/report/text.js";
import { eventTable, readItems, readRecords } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

test("spare columns of a table are left out from the last on, until the rest fits", () => {
  const column = (title: string, spare?: true) => ({
    ...{ title, cell: (row: string) => row },
    ...(spare && { spare }),
  });
  const columns = [column("aa"), column("bb", true), column("cc", true)];
  const titles = (width?: number) => formatTable(["11"], columns, width).split("\n")[0];
  expect([titles(), titles(10), titles(9), titles(5), titles(1)]).toEqual([
    ...["aa  bb  cc", "aa  bb  cc", "aa  bb", "aa", "aa"],
  ]);
});

describeWith(["shared"], "an account in 80 columns", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  test.each(["q35-precopy", "q35-multifd"])("%s fits", async (name) => {
    const dir = (file: string) => sharedPath("recordings", name, file);
    const trace = (side: string) => readRecords(dir(`${side}.simpletrace`), events);
    const items = await readItems(dir("channel0.bin"));
    const account = analyze({ items, source: trace("source"), destination: trace("destination") });
    const tooWide = (text: string, width: number) =>
      text.split("\n").filter((line) => line.length > width);
    expect(tooWide(textReport(account), 100)).toEqual([]);
    expect(tooWide(textReport(account), 80)).not.toEqual([]);
    expect(tooWide(textReport(account, 80), 82)).toEqual([]);
  });
});
