import { expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { messageOf } from "../../src/diagnostics/catalogue.js";
import { printProblem } from "../../src/diagnostics/print-problem.js";

const messages = (text: string) => parse(`${text}\n`).problems.map(messageOf);

test.each([
  ["e(int a);", "unexpected character ';'; nothing ends an event but the end of its line"],
  ["// comment", "unexpected characters '//'; a comment is a line that begins with '#'"],
  ["e(int a, ...)", "unexpected characters '...'; an event's arguments are counted: declare each"],
  ["e(int a[3])", "unexpected character '['; an argument is no array: declare a pointer"],
  ['e(int a) "x", "y", "z"', /found ', "z"'; an event has one format$/],
])("%s: tells how to mend it", (text, message) => {
  expect(messages(text)[0]).toMatch(message);
});

test("what a file holds does not steer a terminal", () => {
  const { problems, source } = parse('e(void) "\x1b[31m\u202e" "\n');
  const told = problems.map((problem) => printProblem(source, problem)).join("");
  expect(told).not.toContain("\x1b");
  expect(told).not.toContain("\u202e");
  expect(messages('"\x1b[31m"')[0]).toContain("\\u{1b}[31m");
});

test("a message has no more than a part of a long line", () => {
  const [message] = messages(`e(void) ${"x".repeat(100_000)}`);
  expect(message!.length).toBeLessThan(400);
  expect(message).toContain("xxx…'");
});
