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
export function limitMessage({ name, limit, measured, isBound }: LimitResult): string {
  if (measured === undefined) return `the traces tell no ${name} to hold against ${limit} ms`;
  if (isBound) {
    return `the ${name} may exceed ${limit} ms: it is known only to take at most ${measured.toFixed(3)} ms`;
  }
  return `the ${name} of ${measured.toFixed(3)} ms exceeds ${limit} ms`;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
