import type { IToken, TokenType } from "chevrotain";
import { argumentProblem, isVoid, startsWithDigit } from "./argument-problem.js";
import type { ArgumentNode } from "./ast.js";
import { buildArgument, tokenSpan } from "./build-ast.js";
import type { Span } from "./source.js";
import type { SyntaxProblem } from "./syntax-problem.js";
import {
  Comma,
  LeftParen,
  Macro,
  OpenString,
  RightParen,
  Star,
  StringLiteral,
  Word,
} from "./tokens.js";

/**
 * Everything wrong with a line that is no event, in the line's order: it goes on behind a mistake
 * wherever it is clear what was meant. `tokens` are those of the line; there is at least one.
 */
export function explainLine(tokens: readonly IToken[], line: Span, text: string): SyntaxProblem[] {
  const explanation = new Explanation(tokens, line, text);
  if (explanation.head() && explanation.arguments()) explanation.formats();
  return explanation.problems.sort((a, b) => a.span.start - b.span.start);
}

/** Walks over a line's tokens. Each step tells whether the next can be taken. */
class Explanation {
  readonly problems: SyntaxProblem[] = [];
  #next = 0;

  constructor(
    readonly tokens: readonly IToken[],
    readonly line: Span,
    readonly text: string,
  ) {}

  /** Properties and the name. */
  head(): boolean {
    const words = this.#take(Word);
    if (words.length === 0) return this.#rest("not-an-event");
    for (const word of words.filter(({ image }) => startsWithDigit(image))) {
      this.#expected("a name", tokenSpan(word));
    }
    return this.#isAt(LeftParen) || this.#expected("'(' behind the event's name");
  }

  /** From the parenthesis to the one that closes it. */
  arguments(): boolean {
    const found: ArgumentNode[] = [];
    let whole = true;
    do {
      this.#next++;
      const parts = this.#take(Word, Star);
      if (parts.length > 0) found.push(buildArgument(parts));
      else whole = this.#noArgument();
    } while (whole && this.#isAt(Comma));
    const closed = this.#isAt(RightParen);
    // What neither a comma nor the parenthesis ends may have been meant to go on.
    if (whole && !closed) found.pop();
    const none = found.length === 1 && isVoid(found[0]!);
    if (!none) for (const argument of found) this.#add(argumentProblem(argument));
    if (!whole) return false;
    if (!closed) return this.#expected("')' behind the arguments");
    this.#next++;
    return true;
  }

  /** A format, two formats, or none; then the line must end. */
  formats(): void {
    const isFormat = () => this.#take(StringLiteral, Macro, OpenString).length > 0;
    if (isFormat() && this.#isAt(Comma)) {
      this.#next++;
      if (!isFormat()) {
        this.#expected("a string or a PRI macro");
        return;
      }
    }
    if (this.#next < this.tokens.length) this.#rest("text-behind-event");
  }

  /** Nothing between two commas, or something that no argument begins with. */
  #noArgument(): boolean {
    if (this.#next < this.tokens.length && !this.#isAt(Comma, RightParen)) {
      return this.#expected("an argument's type");
    }
    this.problems.push({ code: "empty-argument", span: this.#here(), values: {} });
    return this.#next < this.tokens.length;
  }

  #isAt(...types: readonly TokenType[]): boolean {
    const token = this.tokens[this.#next];
    return token !== undefined && types.includes(token.tokenType);
  }

  #take(...types: readonly TokenType[]): IToken[] {
    const first = this.#next;
    while (this.#isAt(...types)) this.#next++;
    return this.tokens.slice(first, this.#next);
  }

  /** The next token's span; the end of the line is an empty one. */
  #here(): Span {
    const token = this.tokens[this.#next];
    return token ? tokenSpan(token) : { start: this.line.end, end: this.line.end };
  }

  #expected(what: string, span = this.#here()): false {
    const found = this.text.slice(span.start, span.end);
    return this.#add({ code: "expected", span, values: { expected: what, found } });
  }

  #rest(code: "not-an-event" | "text-behind-event"): false {
    const { start } = this.#here();
    const found = this.text.slice(start, this.line.end).trimEnd();
    return this.#add({ code, span: { start, end: start + found.length }, values: { found } });
  }

  #add(problem: SyntaxProblem | undefined): false {
    if (problem) this.problems.push(problem);
    return false;
  }
}
