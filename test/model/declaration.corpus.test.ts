import { expect, test } from "vitest";
import { EventTable } from "../../src/model/event-table.js";
import { corpusFiles, corpusVersions } from "../support/corpus.js";
import { describeWith } from "../support/tools.js";
import { contentsOf, parsed, skimmed } from "./event-contents.js";

describeWith(["shared"], "declarations of the corpus", () => {
  test.each(corpusVersions)("%s: each is found by its look alone, and is the same", (version) => {
    for (const { text } of corpusFiles(version)) {
      const events = new EventTable(skimmed(text)!).events;
      expect(events.map(contentsOf)).toEqual(parsed(text).map(contentsOf));
    }
  });
});
