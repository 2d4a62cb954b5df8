import { expect, test } from "vitest";
import { channelsNote } from "../../src/report/channels-note.js";
import { analysisOf, itemOf } from "./empty-analysis.js";

const items = [itemOf("EOF", 0), itemOf("EOF", 16)];

test.each([
  [undefined, [5], undefined],
  [2048, [], undefined],
  [2048, [512], "2.00 KiB in 2 items on the main channel, 512 B on 1 additional channel"],
  [2048, [512, 512], "2.00 KiB in 2 items on the main channel, 1.00 KiB on 2 additional channels"],
])("a stream of %s bytes and channels of %j: %s", (streamSize, channelBytes, note) => {
  expect(channelsNote(analysisOf({ streamSize, channelBytes, items }))).toBe(note);
});
