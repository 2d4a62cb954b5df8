import { expect, test } from "vitest";
import { mayTrace, scanSource } from "../../../src/lint/source/scan-source.js";

const calls = (text: string, path = "a.c") =>
  scanSource(path, text).calls.map(
    ({ name, arguments: given }) =>
      `${name}(${given?.map((argument) => argument.name ?? "?").join(", ") ?? "…"})`,
  );

const mentions = (text: string) => scanSource("a.c", text).mentions.map(({ name }) => name);

test("a call, with the names that its arguments go by", () => {
  expect(
    calls("void f(void) { trace_send(s->fd, (uint32_t)len, &buf, a + b, g(x, y), 1); }"),
  ).toEqual(["send(fd, len, buf, ?, ?, ?)"]);
});

test("a call without arguments, and one over several lines", () => {
  expect(calls("{ trace_a(); trace_b(x, /* what? */\n  y); }")).toEqual(["a()", "b(x, y)"]);
});

test("comments and strings call nothing", () => {
  expect(calls('// trace_a()\n/* trace_b() */ char *c = "trace_c()";')).toEqual([]);
});

test("definitions, declarations and members are no calls", () => {
  const text = `
    static void trace_own(int a) { }
    char *trace_name(void);
    static void __attribute__((cold)) trace_cold(int a)
    {
    }
    #define trace_wrapped(a) do { } while (0)
    void f(void (*trace_fn)(int)) { trace_own(1); ops->trace_hook(2); trace_fn(3); }`;
  expect(calls(text)).toEqual(["own(?)", "fn(?)"]);
  expect([...scanSource("a.c", text).defined].sort()).toEqual([
    "cold",
    "fn",
    "name",
    "own",
    "wrapped",
  ]);
});

test("behind else, do and return stands a call", () => {
  expect(calls("if (a) b(); else trace_a(); do trace_b(); while (c); return trace_c();")).toEqual([
    "a()",
    "b()",
    "c()",
  ]);
});

test("a call in a macro's body counts; what it passes on cannot be counted", () => {
  expect(calls("#define A(x) trace_a(x, 1)\n#define B(...) trace_b(__VA_ARGS__)")).toEqual([
    "a(x, ?)",
    "b(…)",
  ]);
  expect(calls("#define C(args...) trace_c(args)")).toEqual(["c(…)"]);
});

test("a call that is cut in two by the preprocessor cannot be counted", () => {
  expect(calls("trace_a(x,\n#ifdef Y\n y\n#else\n z\n#endif\n);")).toEqual(["a(…)"]);
});

test("asking for an event's state speaks of it", () => {
  expect(mentions("if (trace_event_get_state_backends(TRACE_SEND_DATA)) { }")).toEqual([
    "send_data",
  ]);
});

test("a tracer given away as a value is spoken of", () => {
  expect(mentions("notify = trace_send;")).toEqual(["send"]);
});

test("a name that a macro of this file pastes is known where the macro is used", () => {
  const text = "#define ERR(e, ...) trace_##e(__VA_ARGS__)\nvoid f(void) { ERR(bad_size, 1); }";
  expect(mentions(text)).toEqual(["bad_size"]);
  expect(scanSource("a.c", text).pasted).toEqual([]);
});

test("names that are pasted of a prefix or a suffix may be any such", () => {
  expect(scanSource("a.h", "#define T(x) trace_vnc_##x##_done()").pasted).toEqual([
    { prefix: "vnc_", suffix: "_done" },
  ]);
  expect(scanSource("a.h", "glue(trace_op_, NAME)(1);").pasted).toEqual([
    { prefix: "op_", suffix: "" },
  ]);
});

test("Rust calls tracers by path", () => {
  const text = "fn f(&self) { trace::trace_write(self.offset, value); /* /* */ trace_no() */ }";
  expect(calls(text, "a.rs")).toEqual(["write(offset, value)"]);
});

test("the span is the tracer's name", () => {
  const [call] = scanSource("a.c", "  trace_a(1);").calls;
  expect(call?.span).toEqual({ start: 2, end: 9 });
});

test("only texts that speak of traces need a scan", () => {
  expect(mayTrace("int main(void);")).toBe(false);
  expect(mayTrace(Buffer.from("x = TRACE_A;"))).toBe(true);
});
