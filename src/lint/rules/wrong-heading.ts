import { callersOf } from "../callers-of.js";
import { filesOfHeading, headingsByLine } from "../heading.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** An event stands under the heading of a file that calls it. */
export const wrongHeading: FileRule<"wrong-heading"> = {
  name: "wrong-heading",
  summary: "An event stands under the heading of a file that calls it.",
  why:
    "By custom a comment `# file.c` heads the events which that file calls. Who looks for the code behind an " +
    "event goes there first; who removes the file removes the events below its name.",
  bad: {
    "net/trace-events": "# a.c\nreset(void)",
    "net/a.c": "",
    "net/b.c": "void reset(void) { trace_reset(); }",
  },
  good: {
    "net/trace-events": "# b.c\nreset(void)",
    "net/a.c": "",
    "net/b.c": "void reset(void) { trace_reset(); }",
  },
  fixable: false,
  needs: "sources",
  severity: always("warn"),
  *check({ parsed, path, events }, tree) {
    const { sources } = tree;
    if (!sources) return;
    const headings = headingsByLine(parsed.file);
    for (const { node, event } of events) {
      const { text: name, span } = node.name;
      const heading = headings.get(event.place.line);
      const callers = callersOf(name, path, tree);
      if (!heading || callers.length === 0 || sources.mayBePasted(name)) continue;
      const meant = filesOfHeading(heading, path, sources);
      if (meant.length === 0 || meant.some((file) => callers.includes(file))) continue;
      const others = callers.length > 1 ? ` and ${callers.length - 1} more do` : " does";
      const values = { name, heading: heading.file, callers: `${callers[0]}${others}` };
      yield { code: "wrong-heading", span, values };
    }
  },
};
