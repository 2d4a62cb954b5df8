import type { LimitResult } from "../analysis/check-limits.js";

/** Limits as JUnit's XML, which CI systems show: a test case a limit. */
export function limitsJunit(results: readonly LimitResult[]): string {
  const failures = results.filter((result) => !result.passed).length;
  const cases = results.map(testCase).join("");
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<testsuite name="qtrace analyze" tests="${results.length}" failures="${failures}">\n` +
    `${cases}</testsuite>\n`
  );
}

function testCase(result: LimitResult): string {
  const head = `  <testcase classname="migration" name="${escapeXml(result.name)}"`;
  if (result.passed) return `${head}/>\n`;
  return `${head}>\n    <failure message="${escapeXml(limitMessage(result))}"/>\n  </testcase>\n`;
}

/** A limit that was not kept, in words. */
export function limitMessage({ name, limit, measured, most }: LimitResult): string {
  if (most === undefined) {
    return `the ${name} is unknown, so it cannot be judged by the limit of ${limit} ms`;
  }
  if (measured !== undefined && measured > limit) {
    return `the ${name} of ${measured.toFixed(3)} ms exceeds ${limit} ms`;
  }
  return `the ${name} may be up to ${most.toFixed(3)} ms, which exceeds ${limit} ms`;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
