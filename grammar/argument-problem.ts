import type { ArgumentNode } from "./ast.js";
import { printArgument } from "./print.js";
import type { SyntaxProblem } from "./syntax-problem.js";

/** Words that C reads as a part of the type, so that they are no names. */
const typeWords = new Set(
  "const int long short char bool unsigned signed void float double struct".split(" "),
);

/** True for the word `void` alone, which stands for no arguments. */
export function isVoid({ name, type }: ArgumentNode): boolean {
  return !name && type.pointers === 0 && type.words.length === 1 && type.words[0]!.text === "void";
}

/** Why an argument is no declaration of a C type and a name; undefined if it is one. */
export function argumentProblem(argument: ArgumentNode): SyntaxProblem | undefined {
  const { name, type, span } = argument;
  if (type.words.length === 0) {
    const star = { start: span.start, end: span.start + 1 };
    return expected("an argument's type", "*", star);
  }
  if (!name || typeWords.has(name.text)) {
    return { code: "unnamed-argument", span, values: { type: printArgument(argument) } };
  }
  if (startsWithDigit(name.text)) return expected("an argument's name", name.text, name.span);
  // QEMU's generator takes all that stands behind the last star for the name.
  if (type.stars.length > 1 && !/^(?:\*(?:const )?)*\*$/.test(type.stars)) {
    return expected("one name behind '*'", printArgument(argument), span);
  }
  return undefined;
}

/** True for what the lexer takes for a word, but C for a number. */
export function startsWithDigit(word: string): boolean {
  return word.charCodeAt(0) <= 0x39;
}

function expected(what: string, found: string, span: ArgumentNode["span"]): SyntaxProblem {
  return { code: "expected", span, values: { expected: what, found } };
}
