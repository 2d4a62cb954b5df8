const escapes: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\" };

/** Bytes as Python writes them: `b'…'`, or `b"…"` where only a single quote is inside. */
export function pythonBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  let text = "";
  for (const byte of bytes) {
    if (escapes[byte]) text += escapes[byte];
    else if (byte < 0x20 || byte > 0x7e) text += `\\x${byte.toString(16).padStart(2, "0")}`;
    else if (byte === quote.charCodeAt(0)) text += `\\${quote}`;
    else text += String.fromCharCode(byte);
  }
  return `b${quote}${text}${quote}`;
}
