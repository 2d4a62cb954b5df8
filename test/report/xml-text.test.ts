/** Reports in XML are well-formed whatever a name holds: Python's parser is the judge. */

import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { junitReport } from "../../src/report/limits-junit.js";
import { xmlText } from "../../src/report/xml-text.js";
import { testWith } from "../support/tools.js";

const everything = Array.from({ length: 0xa1 }, (_, code) => String.fromCharCode(code)).join("");
const name = `${everything}\u2028\ud800x\udc00\ufffe\uffff\u{1f600}<&">'`;

test("what XML cannot have is escaped visibly", () => {
  expect(xmlText("a\x1b[2J\x9b\ud800\uffff")).toBe("a\\u{1b}[2J\\u{9b}\\u{d800}\\u{ffff}");
  expect(xmlText("\t\n\r<\u{1f600}")).toBe("&#9;&#10;&#13;&#60;\u{1f600}");
});

testWith(["python"], "a JUnit report is well-formed", ({ python }) => {
  const read =
    "import sys, xml.etree.ElementTree as t, json;" +
    "c = t.fromstring(sys.stdin.buffer.read()).find('testcase');" +
    "print(json.dumps([c.get('name'), c.find('failure').get('message')]))";
  const input = junitReport([{ name, failure: name }]);
  const texts = JSON.parse(execFileSync(python, ["-c", read], { input, encoding: "utf8" }));
  const shown = name.replace(
    /[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Cs}/gu,
    (character) => `\\u{${character.charCodeAt(0).toString(16)}}`,
  );
  expect(texts).toEqual([shown, shown]);
});
