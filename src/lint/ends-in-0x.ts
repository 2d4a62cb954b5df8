/** True of a text that `0x` ends. (A pattern that ends in `$` would try every place of the text.) */
export function endsIn0x(text: string): boolean {
  return text.endsWith("0x") || text.endsWith("0X");
}
