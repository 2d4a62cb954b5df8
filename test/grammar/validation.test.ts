/** What chevrotain says of the grammar itself, which it is not asked when the program starts. */

import { Lexer } from "chevrotain";
import { expect, test } from "vitest";
import { TraceEventsParser } from "../../grammar/parser.js";
import { lexerConfig, tokens } from "../../grammar/tokens.js";

test("the lexer is sound", () => {
  expect(new Lexer(tokens, lexerConfig).lexerDefinitionErrors).toEqual([]);
});

test("the parser is sound: no ambiguity, no rule that is not there", () => {
  expect(() => new TraceEventsParser({ skipValidations: false })).not.toThrow();
});
