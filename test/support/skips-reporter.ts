/**
 * A vitest reporter that lets no test go missing quietly. After the run it prints how many tests
 * were skipped and for want of what, then a closing line alone on its line:
 *
 *     skipped 12 for want of: shared 9, python 3
 *     410 passed, 0 failed, 12 skipped
 *
 * With env QTRACE_NO_SKIPS=1 a skipped test fails the run, and each is named, but for those that lack
 * nothing that could be installed.
 */

import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

/** What became of a run's tests. */
export interface Outcome {
  readonly passed: number;
  /** Failed tests, and what failed outside of any test: a file, a group's hook, a stray rejection. */
  readonly failed: number;
  /** The full name of each skipped test. */
  readonly skipped: readonly string[];
}

const WANTS = /\[needs ([^\]]+)\]/;

/** What a machine allows or does not: nothing that is installed makes up for it. */
const PERMITTED = /\[needs mount\]/;

/** Tests skipped without a `[needs …]` in their name: a bare `test.skip`, or a `-t` filter. */
const UNSTATED = "no stated reason";

/** `skipped 3 for want of: shared 2, python 1`: a test that lacks two things counts under both. */
export function wantsLine(skipped: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of skipped)
    for (const want of (WANTS.exec(name)?.[1] ?? UNSTATED).split(", "))
      counts.set(want, (counts.get(want) ?? 0) + 1);
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return `skipped ${skipped.length} for want of: ${ranked.map((entry) => entry.join(" ")).join(", ")}`;
}

/** `N passed, N failed`, with `, N skipped` where some were. */
export function closingLine({ passed, failed, skipped }: Outcome): string {
  const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : "";
  return `${passed} passed, ${failed} failed${tail}`;
}

/** All lines that end a run's output. */
export function closingLines(outcome: Outcome, forbidSkips: boolean): string[] {
  const { skipped } = outcome;
  const forbidden = forbidSkips ? skipped.filter(isForbidden) : [];
  const named = forbidden.map((name) => `skipped, but must not be: ${name}`);
  return [...named, ...(skipped.length > 0 ? [wantsLine(skipped)] : []), closingLine(outcome)];
}

function isForbidden(skipped: string): boolean {
  return !PERMITTED.test(skipped);
}

export default class SkipsReporter implements Reporter {
  readonly onTestRunEnd: NonNullable<Reporter["onTestRunEnd"]> = (modules, unhandled, reason) => {
    const outcome = outcomeOf(modules, unhandled.length);
    const forbidSkips = process.env.QTRACE_NO_SKIPS === "1";
    const quietFailure = reason !== "passed" && outcome.failed === 0 ? 1 : 0;
    const lines = closingLines({ ...outcome, failed: outcome.failed + quietFailure }, forbidSkips);
    process.stdout.write(`${lines.join("\n")}\n`);
    if (forbidSkips && outcome.skipped.some(isForbidden)) process.exitCode = 1;
  };
}

function outcomeOf(modules: readonly TestModule[], unhandled: number): Outcome {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const state = (test: TestCase) => test.result().state;
  const groups: (TestModule | TestSuite)[] = modules.flatMap((module) => [
    module,
    ...module.children.allSuites(),
  ]);
  return {
    passed: tests.filter((test) => state(test) === "passed").length,
    failed:
      tests.filter((test) => state(test) === "failed").length +
      groups.filter((group) => group.errors().length > 0).length +
      unhandled,
    skipped: tests
      .filter((test) => state(test) === "skipped" || state(test) === "pending")
      .map((test) => `${test.module.relativeModuleId} > ${test.fullName}`),
  };
}
