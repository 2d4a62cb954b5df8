import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import type { Log } from "sarif";
import { describe, expect, test } from "vitest";
import { printSarif } from "../../src/diagnostics/print-sarif.js";
import { rules } from "../../src/lint/registry.js";
import { rulePage } from "../../src/lint/rule-page.js";
import { lintExample } from "../support/lint-text.js";
import { repoRoot } from "../support/repo-root.js";

const schema = JSON.parse(
  readFileSync(join(repoRoot, "test/fixtures/sarif/sarif-2.1.0-rtm.5.json"), "utf8"),
);
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv as never);
const validate = ajv.compile(schema);

const described = rules.map((rule) => ({ ...rule, markdown: rulePage(rule) }));

function sarif(files: Readonly<Record<string, string>>): Log {
  return JSON.parse(
    printSarif(lintExample(files, "strict"), { version: "1.2.3", rules: described }),
  );
}

const errors = (log: unknown) => {
  validate(log);
  return validate.errors ?? [];
};

describe("is valid by SARIF's schema", () => {
  test("without a finding", () => {
    expect(errors(sarif({ "trace-events": "" }))).toEqual([]);
  });

  test.each(rules.map((rule) => [rule.name, rule] as const))("with one of %s", (_name, rule) => {
    const bad = typeof rule.bad === "string" ? { "a b/trace-events": rule.bad } : rule.bad;
    const log = sarif(bad);
    expect(log.runs[0]!.results!.length).toBeGreaterThan(0);
    expect(errors(log)).toEqual([]);
  });

  test("with the parser's", () => {
    const log = sarif({ "trace-events": "a(" });
    expect(log.runs[0]!.results!.map(({ ruleId }) => ruleId)).toContain("empty-argument");
    expect(errors(log)).toEqual([]);
  });

  test("and the schema would tell", () => {
    const log = sarif({ "trace-events": "a(" });
    (log.runs[0]!.results![0] as { level: string }).level = "bad";
    expect(errors(log)).not.toEqual([]);
  });
});

test("a result has its place in UTF-16 columns, and its mend", () => {
  const [result] = sarif({
    "a b/trace-events": '\na(uint16_t b) "€ %ud"',
  }).runs[0]!.results!.filter(({ ruleId }) => ruleId === "stray-letter");
  expect(result).toMatchObject({
    level: "error",
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: "a%20b/trace-events" },
          region: { startLine: 2, startColumn: 20, endLine: 2, endColumn: 21 },
        },
      },
    ],
    fixes: [
      {
        artifactChanges: [
          {
            replacements: [
              {
                deletedRegion: { startLine: 2, startColumn: 20, endLine: 2, endColumn: 21 },
                insertedContent: { text: "" },
              },
            ],
          },
        ],
      },
    ],
  });
  expect(rules[result!.ruleIndex!]!.name).toBe("stray-letter");
});

test("a finding is the same after its line has moved", () => {
  const prints = (text: string) =>
    sarif({ "trace-events": text }).runs[0]!.results!.map((result) => result.partialFingerprints);
  const text = 'a(int b, int c) "0x%d 0x%d"\n';
  expect(prints(`# x.c\n\n${text}`)).toEqual(prints(text));
  expect(new Set(prints(text).map((print) => JSON.stringify(print))).size).toBe(2);
});
