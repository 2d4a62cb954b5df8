import { join } from "node:path";
import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { textReport } from "../../src/report/text.js";
import { fixture, ownEvents, readItems, readRecords } from "../support/recordings.js";

const input = {
  items: await readItems(fixture("microvm-file", "stream.bin")),
  source: readRecords(fixture("microvm-file", "source.simpletrace"), ownEvents),
  destination: readRecords(fixture("microvm-file", "destination.simpletrace"), ownEvents),
};

test("the account of microvm-file as text (npm run test:update re-records it)", async () => {
  await expect(textReport(analyze(input))).toMatchFileSnapshot(golden("microvm-file.txt"));
});

test("without traces the account is of the stream, and says what it lacks", async () => {
  const text = textReport(analyze({ items: input.items }));
  await expect(text).toMatchFileSnapshot(golden("microvm-file-stream-only.txt"));
});

test("what pairs with nothing is named", () => {
  const source = input.source.filter((record) => record.values[0] !== "serial");
  const text = textReport(analyze({ ...input, source }));
  expect(text).toContain("serial FULL at byte 0x2efe3: no event at the source");
});

function golden(name: string): string {
  return join(import.meta.dirname, "golden", name);
}
