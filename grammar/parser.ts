import { EmbeddedActionsParser, type IToken, type ParserMethod } from "chevrotain";
import type { ArgumentNode, CommentNode, EventNode, FormatNode } from "./ast.js";
import { buildArgument, buildComment, buildEvent, buildFormat } from "./build-ast.js";
import {
  Comma,
  Comment,
  LeftParen,
  Macro,
  Newline,
  OpenString,
  RightParen,
  Star,
  StringLiteral,
  tokens,
  Word,
} from "./tokens.js";

/** What a line gave: `undefined` for a blank one, and for one that could not be read. */
type LineResult = CommentNode | EventNode | undefined;

/**
 * The grammar of trace-events files.
 *
 * It takes any words as properties, types and names; what they may be is for the linter to say.
 * An error never reaches past its line: recovery skips to the next newline, nothing is inserted
 * or dropped.
 */
export class TraceEventsParser extends EmbeddedActionsParser {
  readonly file: ParserMethod<[], LineResult[]>;

  constructor() {
    super(tokens, { recoveryEnabled: true, maxLookahead: 1 });

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

    const line = this.RULE("line", (): LineResult => {
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

    this.file = this.RULE("file", (): LineResult[] => {
      const lines: LineResult[] = [];
      lines.push(this.SUBRULE(line));
      this.MANY(() => {
        this.CONSUME(Newline);
        lines.push(this.SUBRULE1(line));
      });
      return lines;
    });

    this.performSelfAnalysis();
  }

  protected override canTokenTypeBeInsertedInRecovery(): boolean {
    return false;
  }

  protected override canTokenTypeBeDeletedInRecovery(): boolean {
    return false;
  }
}
