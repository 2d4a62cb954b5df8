import { filesOfHeading, findHeadings, type Heading } from "../heading.js";
import { nearestName } from "../nearest-name.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import type { SourceTree } from "../source/source-tree.js";

/** A heading names a file that is there. */
export const missingHeadingFile: FileRule<"missing-heading-file"> = {
  name: "missing-heading-file",
  summary: "A heading names a file that is there.",
  why: "The comment `# file.c` above events leads to the code that calls them; after a file was renamed or removed it leads nowhere.",
  bad: {
    "net/trace-events": "# dp8398x.c\nreset(void)",
    "net/dp8393x.c": "void reset(void) { trace_reset(); }",
  },
  good: {
    "net/trace-events": "# dp8393x.c\nreset(void)",
    "net/dp8393x.c": "void reset(void) { trace_reset(); }",
  },
  fixable: false,
  needs: "sources",
  severity: always("warn"),
  *check({ parsed, path }, { sources }) {
    if (!sources) return;
    for (const heading of findHeadings(parsed.file)) {
      if (filesOfHeading(heading, path, sources).length > 0) continue;
      const values = { heading: heading.file, hint: hint(heading, path, sources) };
      yield { code: "missing-heading-file", span: heading.comment.span, values };
    }
  },
};

/** A file of that name below the folder, or one of nearly that name in it, or the only one elsewhere. */
function hint({ file }: Heading, path: string, sources: SourceTree): string {
  const basename = file.slice(file.lastIndexOf("/") + 1);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const namesakes = sources.named(basename);
  const below = namesakes.find((name) => folder !== "" && name.startsWith(folder));
  const near = below?.slice(folder.length) ?? nearestName(basename, sources.below(folder));
  if (near) return `; is it '${near}'?`;
  return namesakes.length === 1 ? `; is it ${namesakes[0]}?` : "";
}
