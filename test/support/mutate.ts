import { pick, type Random } from "./random.js";

/** Lines of each kind, to be mutated. */
export const seeds = [
  "# hw/net/virtio.c",
  "",
  "e(void)",
  'disable ram_save(const char *id, int n) "%s %d"',
  'e(uint64_t a, unsigned long b) "0x%" PRIx64 "/%-8.3lx"',
  'tcg vcpu mem(uint8_t info) "info=%d", "vaddr=0x%016"PRIx64" info=%d"',
  String.raw`e(char *s) "\"%s\" \\ \t \x41 %% %*d"`,
];

/** What a mutation puts in: the language's own characters, words and halves of words, and others. */
export const snippets = (
  '( ) , * " # \\ % _ 0 9 a Z $ ; [ ] { } \t \r \0 \ufeff é 😀 \ud800 \\x \\" %% %d %*.*s % ' +
  "PRIx64 PRI void int const char* disable e(void) // ' .. - +"
).split(" ");

/** A line with a few of its characters taken out, put in or replaced; still one line. */
export function mutate(random: Random, line: string): string {
  let text = line;
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(text.length + 1);
    const length = pick(random, [0, 1, 2, random(8)]);
    const put = pick(random, [
      () => "",
      () => pick(random, snippets),
      () => " ",
      () => String.fromCharCode(random(128)),
      () => String.fromCharCode(random(65536)),
      () => text.slice(random(text.length + 1)),
    ])();
    text = text.slice(0, at) + put + text.slice(at + length);
  }
  return text.replaceAll("\n", " ");
}
