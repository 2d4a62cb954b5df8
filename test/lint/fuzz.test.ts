/**
 * Anything at all, through everything that is done with a trace-events file: parse, model, all rules,
 * fmt, fixes. Nothing throws, nothing takes a second, and what fmt and fixes promise holds.
 *
 * QTRACE_FUZZ_INPUTS sets how many inputs there are (100,000 unless told), QTRACE_SEED which.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatFile } from "../../grammar/format-file.js";
import type { ParseResult } from "../../grammar/parse.js";
import { parseBytes } from "../../grammar/parse-bytes.js";
import { messageOf, type Problem } from "../../src/diagnostics/catalogue.js";
import { fixAll } from "../../src/lint/apply-fixes.js";
import { lintTree } from "../../src/lint/lint-tree.js";
import { buildLintedTree } from "../../src/lint/linted-tree.js";
import { levelsOf } from "../../src/lint/registry.js";
import { buildModel } from "../../src/model/build-model.js";
import { corpusFiles } from "../support/corpus.js";
import { mutate, seeds, snippets } from "../support/mutate.js";
import { pick, type Random, seededRandom } from "../support/random.js";
import { repoRoot } from "../support/repo-root.js";
import { describeWith } from "../support/tools.js";

const inputs = Number(process.env.QTRACE_FUZZ_INPUTS ?? 100_000);
const seed = Number(process.env.QTRACE_SEED ?? 1);
const timeout = 60_000 + inputs * 10;

const strict = levelsOf("strict");
const encoder = new TextEncoder();
const parseText = (text: string) => parseBytes(encoder.encode(text));

function findings(parsed: ParseResult): readonly Problem[] {
  const tree = buildLintedTree([{ path: "trace-events", parse: () => parsed }]);
  return lintTree(tree, () => strict)[0]!.problems;
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

/** All that is to hold of an input; throws if it does not. */
function check(bytes: Uint8Array): void {
  const parsed = parseBytes(bytes);
  const { text } = parsed.source;
  const found = findings(parsed);
  for (const problem of found) checkProblem(problem, text);

  checkFormatted(formatFile(parsed), parsed);
  if (found.some(({ fix }) => fix)) checkFixed(parsed, found);
}

function checkFormatted(formatted: string, parsed: ParseResult): void {
  if (formatted === parsed.source.text) return;
  const again = parseText(formatted);
  if (formatFile(again) !== formatted) throw new Error("fmt is not idempotent");
  equal(models(again), models(parsed), "fmt changes an event");
}

function checkFixed(parsed: ParseResult, found: readonly Problem[]): void {
  const { text } = parsed.source;
  const find = (now: string) => (now === text ? found : findings(parseText(now)));
  const fixed = fixAll(text, (now) => find(now).flatMap(({ fix }) => fix ?? [])).text;
  const mended = parseText(fixed);
  const declared = (parse: ParseResult) =>
    models(parse).map(({ name, properties, arguments: args }) => ({ name, properties, args }));
  equal(declared(mended), declared(parsed), "a fix changes what an event declares");
  const left = findings(mended);
  if (left.some(({ fix }) => fix)) throw new Error("a fix is left to do");
  const [was, is] = [count(found), count(left)];
  for (const [code, times] of is) {
    // A signed number behind 0x was meant to be hexadecimal; that it is signed is another matter.
    const more = code === "signed-as-hex" ? (was.get("decimal-after-0x") ?? 0) : 0;
    if (times > (was.get(code) ?? 0) + more) throw new Error(`a fix makes a new ${code}`);
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
      throw new Error(`${problem.code} is nowhere: ${JSON.stringify(span)}`);
    }
  }
  if (/undefined|NaN|\[object/.test(messageOf(problem)) && !/undefined|NaN|\[object/.test(text)) {
    throw new Error(`${problem.code} says ${messageOf(problem)}`);
  }
}

function equal(actual: unknown, expected: unknown, message: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) throw new Error(message);
}

function fuzz(count: number, makeInput: () => Uint8Array): void {
  const failures: string[] = [];
  for (let done = 0; done < count && failures.length < 20; done++) {
    const bytes = makeInput();
    try {
      check(bytes);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
      failures.push(JSON.stringify(Buffer.from(bytes).toString("latin1")));
    }
  }
  expect(failures).toEqual([]);
}

/** A few lines, each mutated with an even chance. */
function someLines(random: Random, lines: readonly string[]): Uint8Array {
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

const own = readFileSync(join(repoRoot, "trace-events/migration/trace-events"), "utf8").split("\n");

describe("any input", () => {
  test("lines of the engine's own events, and of each kind, mutated", { timeout }, () => {
    const random = seededRandom(seed);
    fuzz(inputs * 0.25, () => someLines(random, [...own, ...seeds]));
  });

  test("random bytes", { timeout }, () => {
    const random = seededRandom(seed + 1);
    fuzz(inputs * 0.15, () => someBytes(random));
  });

  test("random words of the language", { timeout }, () => {
    const random = seededRandom(seed + 2);
    fuzz(inputs * 0.1, () => someSnippets(random));
  });
});

describeWith(["shared"], "QEMU's own lines", () => {
  test("mutated", { timeout }, () => {
    const random = seededRandom(seed + 3);
    const lines = corpusFiles("qemu-10.2.2").flatMap(({ text }) => text.split("\n"));
    fuzz(inputs * 0.5, () => someLines(random, lines));
  });
});
