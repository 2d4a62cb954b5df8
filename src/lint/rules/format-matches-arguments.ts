import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** As many conversions as arguments; QEMU's compiler enforces it (`-Wformat`). */
export const formatMatchesArguments: FileRule<"format-matches-arguments"> = {
  name: "format-matches-arguments",
  summary: "A format takes as many arguments as the event declares.",
  why:
    "A conversion without an argument prints whatever lies in its place, or crashes; an argument without a " +
    'conversion is lost from the text. A format of `""` is let be: it prints nothing by intent.',
  bad: 'read(uint64_t addr, unsigned size) "addr 0x%" PRIx64',
  good: 'read(uint64_t addr, unsigned size) "addr 0x%" PRIx64 " size %u"',
  fixable: false,
  enforcedBy: "the C compiler",
  severity: always("error"),
  *check({ events }) {
    for (const { node, event } of events) {
      const { format } = event;
      if (!format || format.parsed.pieces.length === 0) continue;
      const values = { conversions: format.wanted, arguments: event.arguments.length };
      if (values.conversions === values.arguments) continue;
      yield { code: "format-matches-arguments", span: node.formats.at(-1)!.span, values };
    }
  },
};
