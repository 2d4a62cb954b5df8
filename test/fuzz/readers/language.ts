import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatFile } from "../../../grammar/format-file.js";
import { parseBytes } from "../../../grammar/parse-bytes.js";
import {
  buildModel,
  type FormatNode,
  type LineNode,
  lint,
  messageOf,
  type ParseResult,
  type Problem,
  parse,
  parseFormatString,
} from "../../../src/index.js";
import { fixAll } from "../../../src/lint/apply-fixes.js";
import { lintTree } from "../../../src/lint/lint-tree.js";
import { buildLintedTree } from "../../../src/lint/linted-tree.js";
import { levelsOf } from "../../../src/lint/registry.js";
import { mutate, seeds, snippets } from "../../support/mutate.js";
import { pick, type Random } from "../../support/random.js";
import { repoRoot } from "../../support/repo-root.js";
import { BrokenPromise, type FuzzReader } from "../fuzz-reader.js";

const strict = levelsOf("strict");
const encoder = new TextEncoder();
const parseText = (text: string) => parseBytes(encoder.encode(text));

/** Lines of each kind, and the project's own. */
const lines = [
  ...seeds,
  ...readFileSync(join(repoRoot, "trace-events/migration/trace-events"), "utf8").split("\n"),
];

/** A few lines, each mutated with an even chance. */
function someLines(random: Random): Uint8Array {
  const chosen = Array.from({ length: 1 + random(3) }, () => {
    const line = pick(random, lines);
    return random(2) === 0 ? line : mutate(random, line);
  });
  return encoder.encode(chosen.join("\n") + (random(8) === 0 ? "" : "\n"));
}

function someBytes(random: Random): Uint8Array {
  const limit = pick(random, [128, 256]);
  return Uint8Array.from({ length: random(80) }, () => random(limit));
}

function someSnippets(random: Random): Uint8Array {
  const words = Array.from({ length: random(24) }, () => pick(random, snippets));
  return encoder.encode(`${words.join(pick(random, ["", " "]))}\n`);
}

function someCharacters(random: Random): Uint8Array {
  const limit = pick(random, [128, 256, 65536]);
  const codes = Array.from({ length: random(60) }, () => random(limit));
  return encoder.encode(`${String.fromCharCode(...codes)}\n`);
}

/**
 * Everything that is done with a trace-events file: parse, model, all rules, fmt, fixes. What fmt and
 * fixes promise holds, and each invalid line has a problem.
 */
export const languageFuzzer: FuzzReader = {
  name: "language",
  make: (random) => ({
    "trace-events": pick(random, [
      ...[someLines, someLines, someLines, someLines, someLines],
      ...[someBytes, someSnippets, someCharacters],
    ])(random),
  }),
  read(input) {
    const parsed = parseBytes(input["trace-events"]!);
    const plain = parse(parsed.source.text);
    checkLines(plain);
    lint(plain);
    const found = findings(parsed);
    for (const problem of found) checkProblem(problem, parsed.source.text);
    checkFormatted(formatFile(parsed), parsed);
    if (found.some(({ fix }) => fix)) checkFixed(parsed, found);
    return parsed.problems.length > 0 ? "rejected" : "accepted";
  },
};

function findings(parsed: ParseResult): readonly Problem[] {
  const tree = buildLintedTree([{ path: "trace-events", parse: () => parsed }]);
  return lintTree(tree, () => strict)[0]!.problems;
}

/** A line is invalid if it has a problem, and is read as it is alone. */
function checkLines({ file, source, problems }: ParseResult): void {
  const invalid = new Set<number>();
  for (const { code, span } of problems) {
    const { line } = source.locate(span.start);
    if (source.locate(span.end).line !== line) throw new BrokenPromise(`${code} is on two lines`);
    if (code !== "missing-final-newline") invalid.add(line);
  }
  const texts = source.text.split("\n");
  for (const [index, line] of file.lines.entries()) {
    if (line.kind === "broken" && !invalid.has(index + 1)) {
      throw new BrokenPromise(`line ${index + 1} is invalid without a problem`);
    }
    if (line.kind !== "broken" && invalid.has(index + 1)) {
      throw new BrokenPromise(
        `line ${index + 1} has a problem, but is not invalid: ${JSON.stringify(problems)}`,
      );
    }
    if (line.kind === "event") for (const format of line.formats) checkFormat(format);
    const alone = parse(`${texts[index]}\n`).file.lines[0]!;
    if (shape(line) !== shape(alone)) throw new BrokenPromise(`line ${index + 1} is another alone`);
  }
}

/** A line without its spans, so that it can be compared with the same line elsewhere. */
function shape(line: LineNode): string {
  return JSON.stringify(line, (key, value) => (key === "span" ? undefined : value));
}

function checkFormat(format: FormatNode): void {
  const { pieces, problems } = parseFormatString(format);
  for (const { span } of [...pieces, ...problems]) {
    if (span.start >= span.end || span.start < format.span.start || span.end > format.span.end) {
      throw new BrokenPromise("a piece of a format is outside of it");
    }
  }
}

/** What every event of a file says, whatever its layout. */
function models(parsed: ParseResult) {
  return buildModel(parsed, { group: "" }).map(({ declaration, format, ...event }) => ({
    name: event.name,
    properties: event.properties,
    arguments: event.arguments,
    pieces: format?.pieces,
    declaration,
  }));
}

function checkFormatted(formatted: string, parsed: ParseResult): void {
  if (formatted === parsed.source.text) return;
  const again = parseText(formatted);
  if (formatFile(again) !== formatted) throw new BrokenPromise("fmt is not idempotent");
  expectEqual(models(again), models(parsed), "fmt changes an event");
}

function checkFixed(parsed: ParseResult, found: readonly Problem[]): void {
  const { text } = parsed.source;
  const find = (now: string) => (now === text ? found : findings(parseText(now)));
  const fixed = fixAll(text, (now) => find(now).flatMap(({ fix }) => fix ?? [])).text;
  const after = parseText(fixed);
  const declared = (parse: ParseResult) =>
    models(parse).map(({ name, properties, arguments: args }) => ({ name, properties, args }));
  expectEqual(declared(after), declared(parsed), "a fix changes what an event declares");
  const left = findings(after);
  if (left.some(({ fix }) => fix)) throw new BrokenPromise("a fix is left to do");
  const [was, is] = [count(found), count(left)];
  for (const [code, times] of is) {
    // A signed number after 0x was meant to be hexadecimal; that it is signed is another matter.
    const more = code === "signed-as-hex" ? (was.get("decimal-after-0x") ?? 0) : 0;
    if (times > (was.get(code) ?? 0) + more) throw new BrokenPromise(`a fix makes a new ${code}`);
  }
}

/** How often each code was found. */
function count(found: readonly Problem[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { code } of found) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

function checkProblem(problem: Problem, text: string): void {
  for (const span of [problem.span, problem.fix?.span ?? problem.span]) {
    if (!(0 <= span.start && span.start <= span.end && span.end <= text.length)) {
      throw new BrokenPromise(`${problem.code} is nowhere: ${JSON.stringify(span)}`);
    }
  }
  if (/undefined|NaN|\[object/.test(messageOf(problem)) && !/undefined|NaN|\[object/.test(text)) {
    throw new BrokenPromise(`${problem.code} says ${messageOf(problem)}`);
  }
}

function expectEqual(actual: unknown, expected: unknown, message: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) throw new BrokenPromise(message);
}
