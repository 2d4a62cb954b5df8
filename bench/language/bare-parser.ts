import { EmbeddedActionsParser, type ParserMethod } from "chevrotain";
import {
  ArgumentPart,
  Comma,
  Comment,
  FormatPart,
  LeftParen,
  lexer,
  RightParen,
  tokens,
  Word,
} from "../../grammar/tokens.js";

/** The grammar of `grammar/parser.ts` with nothing done: what chevrotain itself costs. */
class BareParser extends EmbeddedActionsParser {
  readonly file: ParserMethod<[], void>;

  constructor() {
    super(tokens, { maxLookahead: 1, skipValidations: true });
    const argument = this.RULE("argument", () => {
      this.AT_LEAST_ONE(() => this.CONSUME(ArgumentPart));
    });
    const format = this.RULE("format", () => {
      this.AT_LEAST_ONE(() => this.CONSUME(FormatPart));
    });
    const event = this.RULE("event", () => {
      this.AT_LEAST_ONE(() => this.CONSUME(Word));
      this.CONSUME(LeftParen);
      this.AT_LEAST_ONE_SEP({ SEP: Comma, DEF: () => this.SUBRULE(argument) });
      this.CONSUME(RightParen);
      this.OPTION(() => {
        this.SUBRULE(format);
        this.OPTION1(() => {
          this.CONSUME1(Comma);
          this.SUBRULE1(format);
        });
      });
    });
    this.file = this.RULE("file", () => {
      this.MANY(() =>
        this.OR([{ ALT: () => this.SUBRULE(event) }, { ALT: () => this.CONSUME(Comment) }]),
      );
    });
    this.performSelfAnalysis();
  }
}

let parser: BareParser | undefined;

/** Recognises a text in one go. Throws if it cannot: then the comparison would be none. */
export function bareParse(text: string): void {
  parser ??= new BareParser();
  parser.input = lexer.tokenize(text).tokens;
  parser.file();
  if (parser.errors.length > 0) throw parser.errors[0];
}
