import { nearestName } from "../nearest-name.js";
import { always, type SourceRule } from "../rule.js";

/** What is called as a tracer is declared as an event. */
export const undeclaredCall: SourceRule<"undeclared-call"> = {
  name: "undeclared-call",
  summary: "A `trace_…` that is called is declared as an event.",
  why:
    "The call does not compile, at the latest when the code around it is built again: on another host, or " +
    "with another configuration. Functions that the sources define themselves are let be.",
  bad: {
    "net/trace-events": 'reset(void) ""',
    "net/a.c": "void reset(void)\n{\n    trace_reset();\n    trace_rest();\n}",
  },
  good: {
    "net/trace-events": 'reset(void) ""',
    "net/a.c": "void reset(void)\n{\n    trace_reset();\n    trace_reset();\n}",
  },
  fixable: false,
  needs: "sources",
  severity: always("error"),
  *checkSource({ calls }, { declarations, names, sources }) {
    for (const { name, span } of calls) {
      if (declarations(name).length > 0 || sources?.defines(name)) continue;
      const near = nearestName(name, names());
      const hint = near ? `; is it '${near}'?` : "";
      yield { code: "undeclared-call", span, values: { name, hint } };
    }
  },
};
