import { Source } from "../../../grammar/source.js";
import { readArguments } from "./read-arguments.js";
import type { PastedName, SourceFile, TraceCall, TraceMention } from "./source-file.js";
import { type CodeToken, tokenize } from "./tokenize.js";

/** True if a text, or the bytes of one, can have something to do with trace events: others need no scan. */
export function mayTrace(text: { readonly includes: (part: string) => boolean }): boolean {
  return text.includes("trace_") || text.includes("TRACE_");
}

/**
 * Looks for trace events in a C or Rust file: `path` is relative to the tree's top, `name` what the
 * file is called in messages.
 */
export function scanSource(path: string, text: string, name = path): SourceFile {
  const language = path.endsWith(".rs") ? "rust" : "c";
  const found = new Scan(text, tokenize(text, language));
  found.run();
  const { calls, mentions, defined, pasted } = found;
  return { path, source: new Source(name, text), calls, mentions, defined, pasted };
}

interface Macro {
  readonly name: string;
  readonly parameters: readonly string[];
}

/** A macro whose body pastes names of an argument. */
interface PastingMacro extends PastedName {
  readonly parameter: number;
}

/** Words before a name that are no type: what follows is a call. */
const statements = new Set(["else", "do", "return", "unsafe", "in", "move"]);

class Scan {
  readonly calls: TraceCall[] = [];
  readonly mentions: TraceMention[] = [];
  readonly defined = new Set<string>();
  readonly pasted: PastedName[] = [];
  readonly #text: string;
  readonly #tokens: readonly CodeToken[];
  readonly #pasting = new Map<string, PastingMacro>();
  #macro: Macro | undefined;

  constructor(text: string, tokens: readonly CodeToken[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  run(): void {
    const tokens = this.#tokens;
    for (let at = 0; at < tokens.length; at++) {
      const { kind } = tokens[at]!;
      if (kind === "define") this.#define(readMacroHead(this.#image(at)));
      else if (kind === "end") this.#macro = undefined;
      else if (kind === "name") this.#name(at);
    }
  }

  #define(macro: Macro): void {
    this.#macro = macro;
    if (macro.name.startsWith("trace_")) this.defined.add(macro.name.slice(6));
  }

  #name(at: number): void {
    const image = this.#image(at);
    if (this.#image(at + 1) === "##") {
      if (this.#image(at - 1) !== "##") this.#paste(at);
      return;
    }
    if (this.#image(at - 1) === "##") return;
    if (image.startsWith("trace_") && image.length > 6) this.#tracer(at, image.slice(6));
    else if (image.startsWith("TRACE_")) this.#mention(at, image.slice(6).toLowerCase());
    else if (this.#pasting.has(image)) this.#expansion(at, this.#pasting.get(image)!);
  }

  #tracer(at: number, name: string): void {
    const before = this.#tokens[at - 1];
    const previous = this.#image(at - 1);
    if (previous === "." || previous === "->") return;
    if (this.#image(at + 1) !== "(") {
      // `glue(trace_vnc_, name)`: a macro of C's kind pastes what is given to it.
      if (name.endsWith("_")) this.pasted.push({ prefix: name, suffix: "" });
      // `void (*trace_fn)(int)`: a variable.
      else if (previous === "*" && this.#image(at + 1) === ")") this.defined.add(name);
      else this.#mention(at, name);
      return;
    }
    const declares =
      (before?.kind === "name" && !statements.has(previous)) || this.#opensBody(at + 1);
    if (declares || (previous === "*" && !this.#macro)) {
      this.defined.add(name);
      return;
    }
    const { start, end } = this.#tokens[at]!;
    const parameters = this.#macro?.parameters ?? [];
    const given = readArguments(this.#text, this.#tokens, at + 1, parameters);
    this.calls.push({ name, span: { start, end }, arguments: given });
  }

  /** True of a `(` whose `)` a `{` follows: of a definition, also behind `__attribute__((…))`. */
  #opensBody(open: number): boolean {
    let depth = 0;
    for (let at = open; at < this.#tokens.length; at++) {
      const image = this.#image(at);
      if (image === "(") depth++;
      else if (image === ";" || image === "{") return false;
      else if (image === ")" && --depth === 0) return this.#image(at + 1) === "{";
    }
    return false;
  }

  #mention(at: number, name: string): void {
    const { start, end } = this.#tokens[at]!;
    this.mentions.push({ name, span: { start, end } });
  }

  /** `trace_##x##_done`: the parts that are no parameters of the macro. */
  #paste(at: number): void {
    const parts: string[] = [this.#image(at)];
    for (let next = at + 1; this.#image(next) === "##"; next += 2) {
      parts.push(this.#image(next + 1));
    }
    if (!/^trace_/i.test(parts[0]!)) return;
    const parameters = this.#macro?.parameters ?? [];
    const isLiteral = (part: string) => !parameters.includes(part);
    const first = parts.findIndex((part) => !isLiteral(part));
    const last = parts.findLastIndex((part) => !isLiteral(part));
    if (first < 0) {
      this.#mention(at, parts.join("").slice(6));
      return;
    }
    const prefix = parts.slice(0, first).join("").slice(6);
    const suffix = parts.slice(last + 1).join("");
    if (prefix !== "" || suffix !== "") this.pasted.push({ prefix, suffix });
    if (this.#macro && first === last) {
      const parameter = parameters.indexOf(parts[first]!);
      this.#pasting.set(this.#macro.name, { prefix, suffix, parameter });
    }
  }

  /** A macro of this file is used: the name that it pastes is known. */
  #expansion(at: number, { prefix, suffix, parameter }: PastingMacro): void {
    if (this.#image(at + 1) !== "(") return;
    const given = readArguments(this.#text, this.#tokens, at + 1, []);
    const name = given?.[parameter]?.name;
    if (name) this.#mention(at, `${prefix}${name}${suffix}`);
  }

  #image(at: number): string {
    const token = this.#tokens[at];
    return token ? this.#text.slice(token.start, token.end) : "";
  }
}

function readMacroHead(head: string): Macro {
  const [, name = "", list = ""] = /define(?:\s|\\\n)+(\w+)(?:\(([\s\S]*)\))?/.exec(head) ?? [];
  const parameters = list.split(",").map((part) => part.replace(/[\s\\]/g, ""));
  return { name, parameters: parameters.filter((part) => part !== "") };
}
