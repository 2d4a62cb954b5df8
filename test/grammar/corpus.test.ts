import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { isVoid } from "../../grammar/argument-problem.js";
import type { EventNode, FileNode, TypeNode } from "../../grammar/ast.js";
import { parse } from "../../grammar/parse.js";
import { printEvent } from "../../grammar/print.js";
import { corpusFiles, corpusVersions } from "../support/corpus.js";
import { describeWith, sharedPath, testWith } from "../support/tools.js";

function eventsOf(file: FileNode): EventNode[] {
  return file.lines.filter((line) => line.kind === "event");
}

/** A tree without its places. */
function withoutSpans(node: EventNode): unknown {
  return JSON.parse(JSON.stringify(node, (key, value) => (key === "span" ? undefined : value)));
}

describeWith(["shared"], "the corpus", () => {
  describe.each(corpusVersions)("%s", (version) => {
    const files = corpusFiles(version);

    test.each(files.map(({ path, text }) => [path, text]))("%s has no problem", (path, text) => {
      const { file, problems } = parse(text, path);
      expect(problems).toEqual([]);
      const declarations = text.split("\n").filter((line) => /^\s*[^#\s]/.test(line));
      expect(eventsOf(file)).toHaveLength(declarations.length);
    });

    test("every event, printed and parsed again, is the same tree", () => {
      for (const { text } of files) {
        const events = eventsOf(parse(text).file);
        const printed = events.map((event) => `${printEvent(event)}\n`).join("");
        expect(eventsOf(parse(printed).file).map(withoutSpans)).toEqual(events.map(withoutSpans));
      }
    });
  });
});

/** Prints what QEMU's own generator reads of a file, an event a line. */
const tracetool = `
import json, sys, tracetool
for path in sys.argv[1:]:
    with open(path) as file:
        for event in tracetool.read_events(file, path):
            print(json.dumps([event.lineno, event.name, event.properties, list(event.args), event.fmt.strip()]))
`;

/** The same of our tree. Types without blanks: tracetool keeps those that were written. */
function asTracetool(text: string): unknown[] {
  const compact = ({ words, pointers }: TypeNode) =>
    words.map((word) => word.text).join(" ") + "*".repeat(pointers);
  return parse(text).file.lines.flatMap((line, index) => {
    if (line.kind !== "event") return [];
    const [format] = line.formats;
    return [
      [
        index + 1,
        line.name.text,
        line.properties.map((property) => property.text),
        line.arguments
          .filter((argument) => !isVoid(argument))
          .map(({ type, name }) => [compact(type), name!.text]),
        format ? text.slice(format.span.start, format.span.end) : "",
      ],
    ];
  });
}

testWith(
  ["shared", "python", "qemuScripts"],
  "tracetool reads the same events",
  ({ python, qemuScripts }) => {
    for (const version of corpusVersions) {
      const path = sharedPath("corpus", version, "trace-events-all");
      const lines = execFileSync(python, ["-c", tracetool, path], {
        encoding: "utf8",
        env: { ...process.env, PYTHONPATH: qemuScripts, PYTHONDONTWRITEBYTECODE: "1" },
        maxBuffer: 1 << 26,
      });
      const theirs = lines
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
        .map(([line, name, properties, args, format]) => [
          line,
          name,
          properties,
          args.map(([type, argument]: [string, string]) => [
            type.replace(/\s*\*/g, "*").replace(/\s+/g, " ").trim(),
            argument,
          ]),
          format,
        ]);
      const all = corpusFiles(version).find((file) => file.path === "trace-events-all")!;
      expect(asTracetool(all.text)).toEqual(theirs);
    }
  },
);
