/** What XML 1.0 allows nowhere, not even as a reference, and controls that nobody sees. */
const unprintable = /(?![\t\n\r])\p{Cc}|[\p{Cs}\ufffe\uffff]/gu;

/** A text in an element or a quoted attribute of XML: what cannot be in one is escaped, `\u{1b}`. */
export function xmlText(text: string): string {
  return text
    .replace(unprintable, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replace(/[<>&"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
