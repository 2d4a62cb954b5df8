/** An object of JSON as its members in order: keys may repeat. */
export type JsonMembers = readonly (readonly [key: string, value: unknown])[];

/** Where an object whose keys repeat keeps all its members; its own properties are the last of each. */
export const MEMBERS: unique symbol = Symbol("members");

/** Deeper than any description nests; keeps a broken one from exhausting the stack. */
const MAX_DEPTH = 1000;

/** A string, a number, a word or a sign, with the blanks before it; `JSON.parse` looks closer. */
const TOKEN = /[ \t\n\r]*("[^"\\]*(?:\\[\s\S][^"\\]*)*"|[-\w.+]+|[[\]{}:,])/y;

/**
 * As `JSON.parse`, but that an object that has a key several times keeps all its members, in order,
 * under `MEMBERS`. Throws `SyntaxError`.
 */
export function parseRepeatedJson(text: string): unknown {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number, token: string = this.#token()): unknown {
    if (depth > MAX_DEPTH) throw new SyntaxError("nested too deep");
    if (token === "{") return this.#object(depth + 1);
    if (token === "[") return this.#array(depth + 1);
    if (/^[\]}:,]/.test(token)) throw this.#unexpected(token);
    return JSON.parse(token);
  }

  end(): void {
    if (this.#text.slice(this.#at).trim() !== "") throw this.#unexpected(this.#text[this.#at]!);
  }

  #array(depth: number): unknown[] {
    const values: unknown[] = [];
    let token = this.#token();
    if (token === "]") return values;
    for (;;) {
      values.push(this.value(depth, token));
      if (!this.#goesOn("]")) return values;
      token = this.#token();
    }
  }

  #object(depth: number): object {
    const members: [string, unknown][] = [];
    let token = this.#token();
    if (token === "}") return {};
    for (;;) {
      if (!token.startsWith('"')) throw this.#unexpected(token);
      const key = JSON.parse(token) as string;
      const colon = this.#token();
      if (colon !== ":") throw this.#unexpected(colon);
      members.push([key, this.value(depth)]);
      if (!this.#goesOn("}")) return withMembers(members);
      token = this.#token();
    }
  }

  /** Whether a comma follows, and not the end. */
  #goesOn(end: string): boolean {
    const token = this.#token();
    if (token !== "," && token !== end) throw this.#unexpected(token);
    return token === ",";
  }

  #token(): string {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (!match) throw this.#unexpected(this.#text[this.#at] ?? "the end");
    this.#at = TOKEN.lastIndex;
    return match[1]!;
  }

  #unexpected(what: string): SyntaxError {
    return new SyntaxError(`unexpected ${what} before character ${this.#at}`);
  }
}

function withMembers(members: JsonMembers): object {
  const object = Object.fromEntries(members);
  return Object.keys(object).length === members.length ? object : { ...object, [MEMBERS]: members };
}

/** The members of an object, those of repeated keys included. */
export function membersOf(object: object): JsonMembers {
  return (object as { [MEMBERS]?: JsonMembers })[MEMBERS] ?? Object.entries(object);
}
