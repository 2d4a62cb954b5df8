/** A string literal of a text's UTF-8 bytes. */
export function cString(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text));
  const printable = (byte: number) => byte >= 0x20 && byte < 0x7f && !'"\\?'.includes(char(byte));
  const escaped = bytes.map((byte) =>
    printable(byte) ? char(byte) : `\\${byte.toString(8).padStart(3, "0")}`,
  );
  return `"${escaped.join("")}"`;
}

function char(code: number): string {
  return String.fromCharCode(code);
}
