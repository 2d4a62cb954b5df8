/** Texts that stand once in a page, however often they are used. */
export class StringTable {
  readonly strings: string[] = [];
  readonly #indices = new Map<string, number>();

  /** The index of a text. */
  add(text: string): number {
    const known = this.#indices.get(text);
    if (known !== undefined) return known;
    const index = this.strings.push(text) - 1;
    this.#indices.set(text, index);
    return index;
  }

  /** Whether a text costs nothing more. */
  has(text: string): boolean {
    return this.#indices.has(text);
  }
}
