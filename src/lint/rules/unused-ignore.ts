import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** An ignore comment that ignores nothing. The runner finds it: only there all findings are known. */
export const unusedIgnore: FileRule<"unused-ignore"> = {
  name: "unused-ignore",
  summary: "Every `# qtrace-ignore` comment is still needed.",
  why:
    "When what it excused has been mended, the comment would hide the next mistake on that line. Rules that " +
    "are off do not count: whether they would find something is not known.",
  bad: '# qtrace-ignore stray-letter\ndiscard_header(uint16_t len) "%u"',
  good: 'discard_header(uint16_t len) "%u"',
  fixable: true,
  severity: always("warn"),
  check: () => [],
};
