import { always, type SourceRule } from "../rule.js";

/** A tracer is called with as many arguments as its event declares. */
export const callArgumentCount: SourceRule<"call-argument-count"> = {
  name: "call-argument-count",
  summary: "A tracer is called with as many arguments as its event declares.",
  why:
    "The call does not compile, at the latest when the code around it is built again: on another host, or " +
    "with another configuration.",
  bad: {
    "net/trace-events": 'send(int fd, int len) "%d %d"',
    "net/a.c": "void f(int fd) { trace_send(fd); }",
  },
  good: {
    "net/trace-events": 'send(int fd, int len) "%d %d"',
    "net/a.c": "void f(int fd) { trace_send(fd, 0); }",
  },
  fixable: false,
  needs: "sources",
  enforcedBy: "the C compiler",
  severity: always("error"),
  *checkSource({ calls }, { declarations }) {
    for (const { name, span, arguments: given } of calls) {
      const [first, ...others] = declarations(name);
      if (!first || !given) continue;
      if ([first, ...others].some((event) => event.arguments.length === given.length)) continue;
      const more = first.arguments.length > given.length;
      if (more && given.some(({ isMacro }) => isMacro)) continue;
      const { file, line } = first.place;
      const declared = first.arguments.length;
      const values = { name, given: given.length, declared, place: `${file}:${line}` };
      yield { code: "call-argument-count", span, values };
    }
  },
};
