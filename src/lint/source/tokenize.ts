import type { Span } from "../../../grammar/source.js";

/** A token of C or Rust, as far as looking for calls needs it. */
export interface CodeToken extends Span {
  readonly kind: CodeTokenKind;
}

/**
 * `define` begins the body of a macro (its span is the macro's name and parameters), `directive` is
 * any other preprocessor line; `end` ends a macro's body. Strings, characters and numbers are
 * `literal`s. Operators that matter (`->`, `::`, `##`) are one token, others one a character.
 */
export type CodeTokenKind = "name" | "literal" | "operator" | "define" | "directive" | "end";

export type CodeLanguage = "c" | "rust";

const blank = /(?:[ \t\r\f\v]|\\\r?\n)+/y;
const name = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const number = /\.?[0-9](?:[eEpP][-+]|[A-Za-z0-9_.'])*/y;
const string = /"(?:[^"\\\n]|\\[\s\S])*"?/y;
const rustString = /"(?:[^"\\]|\\[\s\S])*"?/y;
const rawString = /b?r(#*)"[\s\S]*?"\1/y;
const character = /'(?:[^'\\\n]|\\[\s\S])*'?/y;
const rustCharacter = /'(?:[^'\\\n]|\\[^\n]{1,10}?)'/y;
const lifetime = /'[A-Za-z_]\w*/y;
const lineComment = /\/\/(?:[^\n\\]|\\\r?\n|\\)*/y;
const blockComment = /\/\*[\s\S]*?(?:\*\/|$)/y;
const operator = /->|::|##|[\s\S]/y;
const macroHead = /#[ \t]*define(?:[ \t]|\\\r?\n)+[A-Za-z_]\w*(?:\((?:[^()\n]|\\\n)*\))?/y;
const directiveText = /#(?:[^\n\\/]|\\[\s\S]|\/(?!\*)|\/\*[\s\S]*?(?:\*\/|$))*/y;
const nestedMark = /\/\*|\*\//g;

/** Takes a source apart. Never throws: what is no C or Rust gives tokens that nobody looks for. */
export function tokenize(text: string, language: CodeLanguage): CodeToken[] {
  const tokens: CodeToken[] = [];
  let at = 0;
  let lineStart = true;
  let inMacro = false;
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    const advanced = pattern.lastIndex > at;
    if (advanced) at = pattern.lastIndex;
    return advanced;
  };
  const push = (kind: CodeTokenKind, start: number) => {
    tokens.push({ kind, start, end: at });
    lineStart = false;
  };

  while (at < text.length) {
    const start = at;
    const first = text[at]!;
    if (first === "\n") {
      at++;
      lineStart = true;
      if (inMacro) tokens.push({ kind: "end", start, end: at });
      inMacro = false;
    } else if (match(blank)) {
      // Nothing: blanks part tokens, and a backslash joins lines.
    } else if (match(name)) {
      const raw = language === "rust" && (text[at] === '"' || text[at] === "#");
      at = raw ? start : at;
      if (raw && match(rawString)) push("literal", start);
      else {
        match(name);
        push("name", start);
      }
    } else if (first === "/" && match(lineComment)) {
      // Comments say nothing.
    } else if (first === "/" && language === "rust" && text[at + 1] === "*") {
      at = endOfNestedComment(text, at);
    } else if (first === "/" && match(blockComment)) {
      // Nor do these.
    } else if (first === "#" && lineStart && language === "c") {
      if (match(macroHead)) {
        push("define", start);
        inMacro = true;
      } else {
        match(directiveText);
        push("directive", start);
      }
    } else if (match(number) || (first === '"' && match(language === "c" ? string : rustString))) {
      push("literal", start);
    } else if (first === "'" && match(language === "c" ? character : rustCharacter)) {
      push("literal", start);
    } else if (first === "'" && match(lifetime)) {
      push("literal", start);
    } else {
      match(operator);
      push("operator", start);
    }
  }
  return tokens;
}

/** Rust's comments hold comments. */
function endOfNestedComment(text: string, start: number): number {
  let depth = 0;
  nestedMark.lastIndex = start;
  for (let mark = nestedMark.exec(text); mark; mark = nestedMark.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return nestedMark.lastIndex;
  }
  return text.length;
}
