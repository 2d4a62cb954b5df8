import { EmbeddedActionsParser, EOF, type IToken, type ParserMethod } from "chevrotain";
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
  private readonly event: ParserMethod<[], EventNode | undefined>;

  /** A test has chevrotain validate the grammar; to do so at each start would be dear. */
  constructor({ skipValidations = true } = {}) {
    super(tokens, { maxLookahead: 1, skipValidations });

    // Nodes are built while chevrotain records the rules too: of one placeholder, and thrown away.
    const argument = this.RULE("argument", (): ArgumentNode => {
      const parts: IToken[] = [];
      this.AT_LEAST_ONE(() => parts.push(this.CONSUME(ArgumentPart)));
      return buildArgument(parts);
    });

    const format = this.RULE("format", (): FormatNode => {
      const parts: IToken[] = [];
      this.AT_LEAST_ONE(() => parts.push(this.CONSUME(FormatPart)));
      return buildFormat(parts);
    });

    this.event = this.RULE("event", (): EventNode | undefined => {
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

  /** The event of a line's tokens; undefined if they are none, or more than one. */
  read(line: IToken[]): EventNode | undefined {
    this.input = line;
    const event = this.event();
    return this.LA(1).tokenType === EOF ? event : undefined;
  }
}
