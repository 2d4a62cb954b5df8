import type { LimitResult } from "../analysis/check-limits.js";
import type { RegressionResult, RegressionTolerance } from "../analysis/check-regression.js";
import { xmlText } from "./xml-text.js";

/** A thing that was checked, as CI systems show it. */
export interface TestCase {
  readonly name: string;
  /** Why it failed; undefined if it passed. */
  readonly failure: string | undefined;
}

/** Limits as test cases. */
export function limitCases(results: readonly LimitResult[]): TestCase[] {
  return results.map((result) => ({
    name: result.name,
    failure: result.passed ? undefined : limitMessage(result),
  }));
}

/** What was compared with another migration, as test cases. */
export function regressionCases(
  results: readonly RegressionResult[],
  tolerance: RegressionTolerance,
): TestCase[] {
  return results.map((result) => ({
    name: `regression of ${result.name}`,
    failure: result.passed ? undefined : regressionMessage(result, tolerance),
  }));
}

/** JUnit's XML, which CI systems show. */
export function junitReport(cases: readonly TestCase[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<testsuite name="qtrace analyze" tests="${cases.length}" failures="${failures}">\n` +
    `${cases.map(testCase).join("")}</testsuite>\n`
  );
}

function testCase({ name, failure }: TestCase): string {
  const head = `  <testcase classname="migration" name="${xmlText(name)}"`;
  if (failure === undefined) return `${head}/>\n`;
  return `${head}>\n    <failure message="${xmlText(failure)}"/>\n  </testcase>\n`;
}

function regressionMessage(
  { name, before, after }: RegressionResult,
  { percent, milliseconds }: RegressionTolerance,
): string {
  if (before === undefined || after === undefined) {
    const which =
      before === after
        ? "both migrations"
        : `the ${before === undefined ? "first" : "second"} migration`;
    return `the ${name} is unknown in ${which}, so it cannot be compared`;
  }
  const grown = after - before;
  const share = before === 0 ? "" : ` (+${((grown / before) * 100).toFixed(1)} %)`;
  return (
    `the ${name} grew from ${before.toFixed(3)} ms to ${after.toFixed(3)} ms${share}, ` +
    `by more than ${percent} % and ${milliseconds} ms`
  );
}

/** A limit that was not kept, in words. */
function limitMessage({ name, limit, measured, most }: LimitResult): string {
  if (most === undefined) {
    return `the ${name} is unknown, so it cannot be judged by the limit of ${limit} ms`;
  }
  if (measured !== undefined && measured > limit) {
    return `the ${name} of ${measured.toFixed(3)} ms exceeds ${limit} ms`;
  }
  return `the ${name} may exceed ${limit} ms: it is known only to be at most ${most.toFixed(3)} ms`;
}
