import { expect, test } from "vitest";
import { describeWith } from "../../support/tools.js";
import { RECORDINGS, readRecording } from "./recordings.js";
import { rewrite } from "./rewrite.js";

describeWith(["shared"], "read and written anew, the bytes are the same", () => {
  // mapped-ram has no writer yet: its pages lie at offsets of the file.
  test.each(RECORDINGS.filter((name) => name !== "pc-mapped-ram"))("%s", async (name) => {
    const { bytes, description } = await readRecording(name);
    expect(Buffer.compare(rewrite(bytes, description), bytes)).toBe(0);
    expect(Buffer.compare(rewrite(bytes), bytes)).toBe(0);
  });
});
