import { EmbeddedActionsParser, type IToken, type ParserMethod } from "chevrotain";
import type { ArgumentNode, CommentNode, EventNode, FormatNode } from "./ast.js";
import { buildArgument, buildComment, buildEvent, buildFormat } from "./build-ast.js";
import {
  Comma,
  Comment,
  LeftParen,
  Macro,
  OpenString,
  RightParen,
  Star,
  StringLiteral,
  tokens,
  Word,
} from "./tokens.js";

/** What a line gave: `undefined` for a blank one, and for one that could not be read. */
export type LineResult = CommentNode | EventNode | undefined;

/**
 * The grammar of a line of a trace-events file.
 *
 * It takes any words as properties, types and names; what they may be is for the linter to say.
 * It is run anew for each line, so that an error never reaches past its own.
 */
export class TraceEventsParser extends EmbeddedActionsParser {
  readonly line: ParserMethod<[], LineResult>;

  constructor() {
    super(tokens, { maxLookahead: 1 });

    const argument = this.RULE("argument", (): ArgumentNode => {
      const parts: IToken[] = [];
      this.AT_LEAST_ONE(() => {
        this.OR([
          { ALT: () => parts.push(this.CONSUME(Word)) },
          { ALT: () => parts.push(this.CONSUME(Star)) },
        ]);
      });
      return this.ACTION(() => buildArgument(parts));
    });

    const argumentList = this.RULE("arguments", (): ArgumentNode[] => {
      const list: ArgumentNode[] = [];
      list.push(this.SUBRULE(argument));
      this.MANY(() => {
        this.CONSUME(Comma);
        list.push(this.SUBRULE1(argument));
      });
      return list;
    });

    const format = this.RULE("format", (): FormatNode => {
      const parts: IToken[] = [];
      this.AT_LEAST_ONE(() => {
        this.OR([
          { ALT: () => parts.push(this.CONSUME(StringLiteral)) },
          { ALT: () => parts.push(this.CONSUME(Macro)) },
          { ALT: () => parts.push(this.CONSUME(OpenString)) },
        ]);
      });
      return this.ACTION(() => buildFormat(parts));
    });

    const event = this.RULE("event", (): EventNode => {
      const words: IToken[] = [];
      const formats: FormatNode[] = [];
      this.AT_LEAST_ONE(() => words.push(this.CONSUME(Word)));
      this.CONSUME(LeftParen);
      const args = this.SUBRULE(argumentList);
      const close = this.CONSUME(RightParen);
      this.OPTION(() => {
        formats.push(this.SUBRULE(format));
        this.OPTION1(() => {
          this.CONSUME(Comma);
          formats.push(this.SUBRULE1(format));
        });
      });
      return this.ACTION(() => buildEvent(words, args, close, formats));
    });

    this.line = this.RULE("line", (): LineResult => {
      return this.OPTION<LineResult>(() =>
        this.OR<LineResult>([
          { ALT: () => this.SUBRULE(event) },
          {
            ALT: () => {
              const token = this.CONSUME(Comment);
              return this.ACTION(() => buildComment(token));
            },
          },
        ]),
      );
    });

    this.performSelfAnalysis();
  }
}
