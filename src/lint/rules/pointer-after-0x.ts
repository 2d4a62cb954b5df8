import { endsIn0x } from "../ends-in-0x.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** `%p` writes its own `0x`. */
export const pointerAfter0x: FileRule<"pointer-after-0x"> = {
  name: "pointer-after-0x",
  summary: "No `0x` stands before `%p`.",
  why: "`%p` prints an address with `0x` before it, so `0x%p` shows `0x0x7f…`, and `0x(nil)` for a null pointer.",
  bad: 'post_load(void *header, unsigned slot_size) "header: 0x%p slot_size %u"',
  good: 'post_load(void *header, unsigned slot_size) "header: %p slot_size %u"',
  fixable: true,
  severity: always("error"),
  *check({ events, parsed }) {
    for (const { conversions } of events) {
      for (const { conversion, before } of conversions) {
        if (!before || conversion.specifier !== "p" || !endsIn0x(before.text)) continue;
        const span = { start: before.span.end - 2, end: before.span.end };
        const written = parsed.source.text.slice(span.start, span.end);
        const fix = /^0[xX]$/.test(written) ? { span, replacement: "" } : undefined;
        yield { code: "pointer-after-0x", span, values: {}, ...(fix && { fix }) };
      }
    }
  },
};
