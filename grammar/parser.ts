import { EmbeddedActionsParser, type IToken, type ParserMethod } from "chevrotain";
import type { ArgumentNode, EventNode, FormatNode } from "./ast.js";
import { buildArgument, buildEvent, buildFormat } from "./build-ast.js";
import { ArgumentPart, Comma, FormatPart, LeftParen, RightParen, tokens, Word } from "./tokens.js";

/**
 * The grammar of a line that declares an event.
 *
 * It takes any words as properties, types and names; what they may be is for the linter to say. It
 * says yes or no: what is wrong with a line that it refuses is told by `explainLine`.
 */
export class TraceEventsParser extends EmbeddedActionsParser {
  readonly event: ParserMethod<[], EventNode>;

  constructor() {
    super(tokens, { maxLookahead: 1 });

    const argument = this.RULE("argument", (): ArgumentNode => {
      const parts: IToken[] = [];
      this.AT_LEAST_ONE(() => parts.push(this.CONSUME(ArgumentPart)));
      return this.ACTION(() => buildArgument(parts));
    });

    const format = this.RULE("format", (): FormatNode => {
      const parts: IToken[] = [];
      this.AT_LEAST_ONE(() => parts.push(this.CONSUME(FormatPart)));
      return this.ACTION(() => buildFormat(parts));
    });

    this.event = this.RULE("event", (): EventNode => {
      const words: IToken[] = [];
      const args: ArgumentNode[] = [];
      const formats: FormatNode[] = [];
      this.AT_LEAST_ONE(() => words.push(this.CONSUME(Word)));
      this.CONSUME(LeftParen);
      this.AT_LEAST_ONE_SEP({ SEP: Comma, DEF: () => args.push(this.SUBRULE(argument)) });
      const close = this.CONSUME(RightParen);
      this.OPTION(() => {
        formats.push(this.SUBRULE(format));
        this.OPTION1(() => {
          this.CONSUME1(Comma);
          formats.push(this.SUBRULE1(format));
        });
      });
      return this.ACTION(() => buildEvent(words, args, close, formats));
    });

    this.performSelfAnalysis();
  }
}
