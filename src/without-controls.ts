/** What a terminal obeys instead of showing it: control characters, and those that turn text around. */
export const controls = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A text with control characters as escapes, `\u{1b}`: what a file holds must not steer a terminal. */
export function withoutControls(text: string): string {
  return text.replace(controls, escapeCharacter);
}

/** A text that is as long, with a blank for each control character: carets stay under what they mean. */
export function blankControls(text: string): string {
  return text.replace(controls, " ");
}

/** `\u{fffd}` */
export function escapeCharacter(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
