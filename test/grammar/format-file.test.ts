import { describe, expect, test } from "vitest";
import { formatFile } from "../../grammar/format-file.js";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import type { EventModel } from "../../src/model/event-model.js";
import { corpusFiles, corpusVersions } from "../support/corpus.js";
import { describeWith } from "../support/tools.js";

const format = (text: string) => formatFile(parse(text));

describe("an event is laid out with", () => {
  test.each([
    ["one blank between things", "disable   e ( int a,int   b )", "disable e(int a, int b)"],
    [
      "'*' by the name",
      "e(char* a, const char * * b, void*c)",
      "e(char *a, const char **b, void *c)",
    ],
    ["const between stars kept", "e(const char*const*a)", "e(const char *const *a)"],
    ["one blank before the format", 'e(void)"x"', 'e(void) "x"'],
    ["one blank around macros", 'e(int a) "%"PRIx64" b"', 'e(int a) "%" PRIx64 " b"'],
    ["one blank between strings", 'e(void) "a""b"', 'e(void) "a" "b"'],
    ["strings untouched", 'e(void)  "a  \\"b\\t"', 'e(void) "a  \\"b\\t"'],
    ["two formats of old", 'tcg e(void) "a","b"', 'tcg e(void) "a", "b"'],
    ["no blanks around it", "\t e(void)  ", "e(void)"],
  ])("%s", (_, written, laidOut) => {
    expect(format(`${written}\n`)).toBe(`${laidOut}\n`);
  });
});

describe("the other lines", () => {
  test("comments and blank lines are kept", () => {
    expect(format("# a.c\n\n\n#e(void)\n")).toBe("# a.c\n\n\n#e(void)\n");
  });

  test("comments lose the blanks around them, blank lines those in them", () => {
    expect(format("  # a.c  \n \t \n")).toBe("# a.c\n\n");
  });

  test("a broken line is left exactly as it is", () => {
    const broken = "  e(int)   'x' \t";
    expect(format(`f( void )\n${broken}\n`)).toBe(`f(void)\n${broken}\n`);
  });

  test("the last line gets its newline, the others lose their carriage returns", () => {
    expect(format("e(void)\r\n# x\r\nf(void)")).toBe("e(void)\n# x\nf(void)\n");
  });

  test("an empty file stays empty", () => {
    expect(format("")).toBe("");
  });
});

/** An event's whole meaning: all but the spans of its format's pieces. */
function meaning(event: EventModel) {
  const { group, name, properties, arguments: args, place, format: model } = event;
  return { group, name, properties, args, place, pieces: model?.pieces, wanted: model?.wanted };
}

const meanings = (text: string) => buildModel(parse(text), { group: "g" }).map(meaning);

describeWith(["shared"], "the corpus", () => {
  const files = corpusVersions.flatMap(corpusFiles);

  test("is the same events when it is laid out, on the same lines", () => {
    expect(files.length).toBeGreaterThanOrEqual(190);
    for (const { path, text } of files) {
      expect(meanings(format(text)), path).toEqual(meanings(text));
    }
  });

  test("is laid out once for all", () => {
    for (const { path, text } of files) {
      const once = format(text);
      expect(format(once), path).toBe(once);
    }
  });

  test("keeps every line but for its blanks and tabs", () => {
    const bare = (text: string) => text.replaceAll(/[ \t]/g, "");
    for (const { path, text } of files) expect(bare(format(text)), path).toBe(bare(text));
  });
});
