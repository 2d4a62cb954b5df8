import { controls, escapeCharacter } from "../without-controls.js";
import type { Io } from "./io.js";

/** The colours of palette.ts, which are all that may steer a terminal. */
const colorOrControl = new RegExp(`\\u001b\\[(?:31|33|39|22?)m|${controls.source}`, "gu");

/** A text as a terminal may get it: control characters are escaped, `\u{1b}`, except ends of lines and tabs. */
export function terminalText(text: string, colors: boolean): string {
  return text.replace(colorOrControl, (found) => {
    if (found === "\n" || found === "\t" || (colors && found.length > 1)) return found;
    return escapeCharacter(found.charAt(0)) + found.slice(1);
  });
}

/**
 * Puts `terminalText` before whatever goes to a terminal: results where stdout is one, and stderr
 * always, since nobody knows who looks at it later, and programs such as a CI's runner take each line
 * for a message. Files and pipes get results as they are.
 */
export function forTerminal(io: Io): Io & { readonly end: () => Promise<void> } {
  const { colors, status } = io;
  const clean = (text: string) => terminalText(text, colors);
  // What is not UTF-8, such as a C1 control as one byte, becomes U+FFFD.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const shown = (text: string | Uint8Array) =>
    typeof text === "string" ? decoder.decode() + text : decoder.decode(text, { stream: true });
  return {
    ...io,
    out: io.outTerminal ? (text) => io.out(clean(shown(text))) : io.out,
    err: (text) => io.err(clean(text.replace(/\n(?!$)/g, escapeCharacter))),
    ...(status && { status: (line) => status(clean(line.replaceAll("\n", " "))) }),
    async end() {
      const rest = decoder.decode();
      if (rest !== "") await io.out(clean(rest));
    },
  };
}
