/** What fixes promise, on every line that people wrote. */

import { expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import type { DiagnosticCode, Problem } from "../../src/diagnostics/catalogue.js";
import { fixAll } from "../../src/lint/apply-fixes.js";
import { lintTree } from "../../src/lint/lint-tree.js";
import { buildLintedTree } from "../../src/lint/linted-tree.js";
import { levelsOf, rules } from "../../src/lint/registry.js";
import { buildModel } from "../../src/model/build-model.js";
import type { EventModel } from "../../src/model/event-model.js";
import { formatPrintf } from "../../src/printf/format.js";
import { corpusSources, corpusVersions } from "../support/corpus.js";
import { describeWith } from "../support/tools.js";

const strict = levelsOf("strict");

function findings(text: string): readonly Problem[] {
  const tree = buildLintedTree([{ parse: () => parse(text), path: "trace-events" }]);
  return lintTree(tree, () => strict)[0]!.problems;
}

function fixed(text: string, codes: readonly DiagnosticCode[]): string {
  const find = (now: string) =>
    findings(now).flatMap(({ code, fix }) => (fix && codes.includes(code) ? fix : []));
  return fixAll(text, find).text;
}

const fixable = rules.filter((rule) => rule.fixable).map(({ name }) => name);

/** These change what is printed: that is what they are for. */
const changing: readonly DiagnosticCode[] = [
  "decimal-after-0x",
  "pointer-after-0x",
  "stray-letter",
];

const model = (text: string) => buildModel(parse(text), { group: "" });

/** What an event prints, blanks aside, of numbers that fit every type. */
function printed({ format, arguments: args }: EventModel): string {
  const values = args.map(({ wire }, index) => (wire === "string" ? "text" : 3 + index));
  return formatPrintf(format?.pieces ?? [], values).replaceAll(" ", "");
}

/** Findings by line, `line code`, sorted. */
function byLine(text: string): string[] {
  const { source } = parse(text);
  return findings(text)
    .map(({ code, span }) => `${source.locate(span.start).line} ${code}`)
    .sort();
}

/** What `after` has more than `before`. */
function added(before: readonly string[], after: readonly string[]): string[] {
  const left = [...before];
  return after.filter((finding) => {
    const at = left.indexOf(finding);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

describeWith(["shared"], "fixes on the corpus", () => {
  const texts = corpusVersions
    .flatMap(corpusSources)
    .map(({ version, path, text }) => ({ name: `${version}/${path}`, text }))
    .map((file) => ({ ...file, after: fixed(file.text, fixable) }))
    .filter(({ text, after }) => text !== after);

  test("there are many to look at", () => {
    expect(texts.length).toBeGreaterThan(50);
  });

  test.each(texts)("$name", ({ text, after }) => {
    expect(parse(after).problems).toEqual([]);

    const [was, is] = [model(text), model(after)];
    expect(is.map(({ name, arguments: args }) => [name, args])).toEqual(
      was.map(({ name, arguments: args }) => [name, args]),
    );
    expect(is.map(({ format }) => format?.wanted)).toEqual(was.map(({ format }) => format?.wanted));

    const alike = model(
      fixed(
        text,
        fixable.filter((code) => !changing.includes(code)),
      ),
    );
    expect(alike.map(printed)).toEqual(was.map(printed));

    expect(fixed(after, fixable)).toBe(after);
    expect(findings(after).filter(({ fix }) => fix)).toEqual([]);

    // A signed number behind 0x was meant to be hexadecimal; that it is signed is another matter.
    const news = added(byLine(text), byLine(after));
    const hex = byLine(text).filter((finding) => finding.endsWith(" decimal-after-0x"));
    expect(
      added(
        hex.map((finding) => finding.replace(/\S+$/, "signed-as-hex")),
        news,
      ),
    ).toEqual([]);
  });
});
