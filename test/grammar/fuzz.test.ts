import { describe, expect, test } from "vitest";
import type { LineNode } from "../../grammar/ast.js";
import { parseFormatString } from "../../grammar/format-string.js";
import { parse } from "../../grammar/parse.js";
import { corpusFiles } from "../support/corpus.js";
import { mutate, seeds, snippets } from "../support/mutate.js";
import { pick, seededRandom } from "../support/random.js";
import { describeWith } from "../support/tools.js";

/** Parses lines as a text, and checks what must hold whatever they are. */
function check(lines: readonly string[]): void {
  const text = lines.map((line) => `${line}\n`).join("");
  const { file, source, problems } = parse(text);

  expect(file.lines).toHaveLength(lines.length);
  const broken = new Set<number>();
  for (const { span } of problems) {
    expect(span.start).toBeLessThanOrEqual(span.end);
    expect(source.locate(span.end).line).toBe(source.locate(span.start).line);
    broken.add(source.locate(span.start).line);
  }
  file.lines.forEach((line, index) => {
    if ((line.kind === "broken") !== broken.has(index + 1)) expect.fail(lines[index]);
    if (line.kind === "event") line.formats.forEach(checkFormat);
    expect(shape(line)).toEqual(shape(parse(`${lines[index]}\n`).file.lines[0]!));
  });

  function checkFormat(format: Parameters<typeof parseFormatString>[0]): void {
    const { pieces, problems: found } = parseFormatString(format);
    for (const { span } of [...pieces, ...found]) {
      if (span.start >= span.end || span.start < format.span.start || span.end > format.span.end)
        expect.fail(JSON.stringify(text.slice(format.span.start, format.span.end)));
    }
  }
}

/** A line without its spans, so that it can be compared with the same line elsewhere. */
function shape(line: LineNode): string {
  return JSON.stringify(line, (key, value) => (key === "span" ? undefined : value));
}

describe("any text is parsed: no throw, a problem for each broken line and no other", () => {
  test("mutated lines", () => {
    const random = seededRandom(1);
    for (let round = 0; round < 150; round++) {
      check(Array.from({ length: 20 }, () => mutate(random, pick(random, seeds))));
    }
  });

  test("random characters", () => {
    const random = seededRandom(2);
    const line = (limit: number) =>
      Array.from({ length: random(60) }, () => String.fromCharCode(random(limit)))
        .join("")
        .replaceAll("\n", "");
    for (let round = 0; round < 100; round++) {
      check(Array.from({ length: 10 }, () => line(pick(random, [128, 256, 65536]))));
    }
  });

  test("random snippets", () => {
    const random = seededRandom(3);
    for (let round = 0; round < 100; round++) {
      check(
        Array.from({ length: 10 }, () =>
          Array.from({ length: random(20) }, () => pick(random, snippets)).join(
            pick(random, ["", " "]),
          ),
        ),
      );
    }
  });
});

describeWith(["shared"], "real lines", () => {
  test("mutated", () => {
    const random = seededRandom(4);
    const lines = corpusFiles("qemu-10.2.2").flatMap(({ text }) => text.split("\n"));
    for (let round = 0; round < 150; round++) {
      check(Array.from({ length: 20 }, () => mutate(random, pick(random, lines))));
    }
  });
});
