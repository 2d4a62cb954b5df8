import type { CallArgument } from "./source-file.js";
import type { CodeToken } from "./tokenize.js";

/** An argument longer than this is no argument: the parenthesis was never closed. */
const FAR = 2000;

/**
 * The arguments of a call whose `(` is the token at `open`. Undefined where they cannot be counted:
 * a preprocessor line or the end comes in between, or a macro passes on what it got for `...`.
 */
export function readArguments(
  text: string,
  tokens: readonly CodeToken[],
  open: number,
  macroParameters: readonly string[],
): readonly CallArgument[] | undefined {
  const passedOn = macroParameters
    .filter((parameter) => parameter.endsWith("..."))
    .map((parameter) => parameter.slice(0, -3) || "__VA_ARGS__");
  const given: CallArgument[] = [];
  let depth = 0;
  let first = open + 1;
  const close = (end: number) => {
    if (end > first) given.push(readArgument(text, tokens.slice(first, end)));
    first = end + 1;
  };
  for (let at = open; at < Math.min(tokens.length, open + FAR); at++) {
    const { kind, start, end } = tokens[at]!;
    if (kind === "directive" || kind === "define" || kind === "end") return undefined;
    if (kind === "name" && passedOn.includes(text.slice(start, end))) return undefined;
    if (kind !== "operator") continue;
    const image = text[start]!;
    if (image === "," && depth === 1) close(at);
    if ("([{".includes(image)) depth++;
    if (")]}".includes(image) && --depth === 0) {
      close(at);
      return given;
    }
  }
  return undefined;
}

function readArgument(text: string, tokens: readonly CodeToken[]): CallArgument {
  const span = { start: tokens[0]!.start, end: tokens.at(-1)!.end };
  const written = text.slice(span.start, span.end);
  return { span, name: nameOf(written), isMacro: macro.test(written) };
}

const macro = /^[A-Z][A-Z0-9_]*\s*(?:\(|$)/;
const cast = /^\(\s*\w+(?:\s+\w+)*\s*(?:\*+\s*)?\)\s*(?=[\w(*&])/;
const path = /^[*&]*\s*(?:[A-Za-z_]\w*\s*(?:->|\.|::)\s*)*([A-Za-z_]\w*)$/;

/** `width` of `width`, `s->width`, `&width` and `(int)width`; none of anything that computes. */
function nameOf(text: string): string | undefined {
  return path.exec(text.replace(cast, "").trim())?.[1];
}
