import type { FileRule } from "../rule.js";
import { strictOnly } from "../rule.js";

/** A name is declared in one file. */
export const uniqueAcrossFiles: FileRule<"unique-across-files"> = {
  name: "unique-across-files",
  summary: "A name is declared in one file only.",
  why:
    "A trace knows an event by its name alone, and `trace-events-all` joins all files: of two events of " +
    "one name a reader can take the wrong declaration. It compiles as long as no program links both groups.",
  bad: {
    "bsd-user/trace-events": 'user_setup_frame(void *env) "env=%p"',
    "linux-user/trace-events": 'user_setup_frame(void *env) "env=%p"',
  },
  good: {
    "bsd-user/trace-events": 'bsd_setup_frame(void *env) "env=%p"',
    "linux-user/trace-events": 'linux_setup_frame(void *env) "env=%p"',
  },
  fixable: false,
  needs: "tree",
  severity: strictOnly,
  *check(file, tree) {
    for (const { node, event } of file.events) {
      const [first] = tree.declarations(event.name);
      if (!first || first.place.file === event.place.file) continue;
      const { place } = first;
      const values = { name: event.name, file: place.file, line: place.line };
      yield { code: "unique-across-files", span: node.name.span, values };
    }
  },
};
