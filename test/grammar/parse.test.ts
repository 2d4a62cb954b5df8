import { describe, expect, test } from "vitest";
import { isVoid } from "../../grammar/argument-problem.js";
import type { ArgumentNode, EventNode, LineNode } from "../../grammar/ast.js";
import { parse } from "../../grammar/parse.js";
import type { Span } from "../../grammar/source.js";

/** The one event of a line, which must have no problem. */
function event(line: string): EventNode {
  const { file, problems } = parse(`${line}\n`);
  expect(problems).toEqual([]);
  const [node] = file.lines;
  if (node?.kind !== "event") throw new Error(`a ${node?.kind} line: ${line}`);
  return node;
}

function argument(declaration: string): ArgumentNode {
  return event(`e(${declaration})`).arguments[0]!;
}

/** `const char ** name`, from the parts that the tree holds. */
function spelled({ type, name }: ArgumentNode): string {
  return [...type.words.map((word) => word.text), "*".repeat(type.pointers), name?.text]
    .filter(Boolean)
    .join(" ");
}

describe("an event", () => {
  test("has a name, arguments and a format", () => {
    const node = event('ram_save(const char *id, int n) "%s %d"');
    expect(node.name.text).toBe("ram_save");
    expect(node.properties).toEqual([]);
    expect(node.arguments.map(spelled)).toEqual(["const char * id", "int n"]);
    expect(node.formats).toMatchObject([{ parts: [{ kind: "string", raw: "%s %d" }] }]);
  });

  test("may have properties before its name", () => {
    const node = event("disable vcpu tcg guest_mem(void)");
    expect(node.properties.map((property) => property.text)).toEqual(["disable", "vcpu", "tcg"]);
    expect(node.name.text).toBe("guest_mem");
  });

  test("may have no format", () => {
    expect(event("e(int a)").formats).toEqual([]);
  });

  test("may have an empty format", () => {
    expect(event('e(void) ""').formats).toMatchObject([{ parts: [{ kind: "string", raw: "" }] }]);
  });

  test("has two formats under the old property tcg", () => {
    const node = event('tcg e(void) "translate", "execute"');
    expect(node.formats.map((format) => format.parts)).toMatchObject([
      [{ raw: "translate" }],
      [{ raw: "execute" }],
    ]);
  });

  test("joins strings and macros to one format, with blanks between or without", () => {
    for (const format of ['"0x%" PRIx64 " %" PRIu32', '"0x%"PRIx64" %"PRIu32']) {
      expect(event(`e(uint64_t a, uint32_t b) ${format}`).formats).toMatchObject([
        {
          parts: [
            { kind: "string", raw: "0x%" },
            { kind: "macro", name: "PRIx64" },
            { kind: "string", raw: " %" },
            { kind: "macro", name: "PRIu32" },
          ],
        },
      ]);
    }
  });

  test("keeps escapes as they are written", () => {
    expect(event(String.raw`e(void) "\"\\\t\x41"`).formats[0]!.parts).toMatchObject([
      { raw: String.raw`\"\\\t\x41` },
    ]);
  });

  test("may have blanks and tabs anywhere between its parts", () => {
    const node = event('\t disable \t e \t( int\ta\t,\tint b )\t"%d"\t\t"%d"  ');
    expect(node.properties[0]!.text).toBe("disable");
    expect(node.arguments.map(spelled)).toEqual(["int a", "int b"]);
    expect(node.formats[0]!.parts).toHaveLength(2);
  });

  test("of 'void' has one argument, which isVoid", () => {
    const node = event("e(void)");
    expect(node.arguments.map(isVoid)).toEqual([true]);
  });

  test.each(["void a", "void *a", "int void_"])("'%s' is not void", (declaration) => {
    expect(isVoid(argument(declaration))).toBe(false);
  });
});

describe("an argument", () => {
  test.each([
    ["char *s", "char * s"],
    ["char* s", "char * s"],
    ["char * s", "char * s"],
    ["char*s", "char * s"],
    ["const char **argv", "const char ** argv"],
    ["const char * *argv", "const char ** argv"],
    ["unsigned long long int n", "unsigned long long int n"],
    ["uint8_t _x1", "uint8_t _x1"],
    ["struct foo *p", "struct foo * p"],
  ])("'%s' is read as '%s'", (text, parts) => {
    expect(spelled(argument(text))).toBe(parts);
  });

  test("may be called as a reserved word of another language", () => {
    expect(argument("int function").name?.text).toBe("function");
  });
});

describe("the other lines", () => {
  test("a comment's text is what stands behind the '#'", () => {
    expect(parse("  # hw/net.c \n").file.lines).toEqual([
      { kind: "comment", span: { start: 2, end: 13 }, text: "hw/net.c" },
    ]);
  });

  test("an event that is commented out is a comment", () => {
    expect(parse("#e(void)\n").file.lines).toMatchObject([{ kind: "comment", text: "e(void)" }]);
  });

  test("blank lines are kept, so that lines can be counted", () => {
    const { file } = parse("\n \t\ne(void)\n\n");
    expect(file.lines.map((line) => line.kind)).toEqual(["blank", "blank", "event", "blank"]);
  });

  test("an empty text has no lines", () => {
    expect(parse("")).toMatchObject({ file: { lines: [] }, problems: [] });
  });
});

describe("spans", () => {
  const text = '# head\ndisable  e(const char *s, int n) "%s" PRIx64\n';
  const slice = ({ start, end }: Span) => text.slice(start, end);
  const lines: readonly LineNode[] = parse(text).file.lines;
  const node = lines[1] as EventNode;

  test("every node's span is its text", () => {
    expect(slice(lines[0]!.span)).toBe("# head");
    expect(slice(node.span)).toBe(text.slice(7, -1));
    expect(slice(node.properties[0]!.span)).toBe("disable");
    expect(slice(node.name.span)).toBe("e");
    expect(node.arguments.map(({ span }) => slice(span))).toEqual(["const char *s", "int n"]);
    expect(node.arguments.map(({ type }) => slice(type.span))).toEqual(["const char *", "int"]);
    expect(slice(node.arguments[0]!.type.words[1]!.span)).toBe("char");
    expect(slice(node.arguments[0]!.name!.span)).toBe("s");
    expect(slice(node.formats[0]!.span)).toBe('"%s" PRIx64');
    expect(node.formats[0]!.parts.map(({ span }) => slice(span))).toEqual(['"%s"', "PRIx64"]);
  });

  test("an event without a format ends with its parenthesis", () => {
    expect(event("e(void)  ").span).toEqual({ start: 0, end: 7 });
  });
});
