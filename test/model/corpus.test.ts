/** Every real declaration has a meaning. */

import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import { EventTable } from "../../src/model/event-table.js";
import { groupName } from "../../src/model/group-name.js";
import { corpusFiles, corpusSources, corpusVersions } from "../support/corpus.js";
import { describeWith, sharedPath, testWith } from "../support/tools.js";

describeWith(["shared"], "the corpus", () => {
  describe.each(corpusVersions)("%s", (version) => {
    const events = corpusFiles(version).flatMap(({ path, text }) =>
      buildModel(parse(text, path), { group: groupName(path) }),
    );

    test("no argument is of an unknown type", () => {
      expect(events.length).toBeGreaterThan(10_000);
      const unknown = events
        .flatMap((event) => event.arguments)
        .filter(({ type }) => type.kind === "unknown");
      expect(unknown).toEqual([]);
    });

    test("every format takes as many arguments as are declared, or is empty", () => {
      const wrong = events.filter(
        ({ format, arguments: args }) =>
          format && format.wanted !== args.length && format.parsed.pieces.length > 0,
      );
      expect(wrong.map(({ declaration }) => declaration)).toEqual([]);
    });
  });

  test("10.2.2 has 15 events without a format", () => {
    const events = corpusSources("qemu-10.2.2").flatMap(({ text }) =>
      buildModel(parse(text), { group: "" }),
    );
    expect(events.filter(({ format }) => !format)).toHaveLength(15);
  });

  test("10.2.2 declares eight names in two files", () => {
    const events = corpusSources("qemu-10.2.2").flatMap(({ path, text }) =>
      buildModel(parse(text, path), { group: groupName(path) }),
    );
    const names = events.map(({ name }) => name);
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    expect(twice).toHaveLength(8);
    const table = new EventTable(events);
    for (const name of twice) expect(table.get(name)).toBe(events[names.indexOf(name)]);
  });
});

/** Prints the arguments that QEMU's own reader of traces takes for strings, an event a line. */
const simpletrace = `
import sys, tracetool
from tracetool.backend.simple import is_string
for path in sys.argv[1:]:
    with open(path) as file:
        for event in tracetool.read_events(file, path):
            kinds = ["string" if is_string(type) else "u64" for type, _ in event.args]
            print(event.name, *kinds)
`;

testWith(
  ["shared", "python", "qemuScripts"],
  "simpletrace.py takes the same arguments for strings",
  ({ python, qemuScripts }) => {
    for (const version of corpusVersions) {
      const path = sharedPath("corpus", version, "trace-events-all");
      const theirs = execFileSync(python, ["-c", simpletrace, path], {
        encoding: "utf8",
        env: { ...process.env, PYTHONPATH: qemuScripts, PYTHONDONTWRITEBYTECODE: "1" },
        maxBuffer: 1 << 26,
      });
      const all = corpusFiles(version).find((file) => file.path === "trace-events-all")!;
      const ours = buildModel(parse(all.text), { group: "all" }).map((event) =>
        [event.name, ...event.arguments.map(({ wire }) => wire)].join(" "),
      );
      expect(ours).toEqual(theirs.trimEnd().split("\n"));
    }
  },
);
