import { expect, test } from "vitest";
import { parameterNames } from "../../src/codegen/parameter-names.js";
import { modelsOf } from "../runtime/trace-events-of.js";

const namesOf = (names: readonly string[], state = "TRACE_E") =>
  parameterNames(modelsOf(`e(${names.map((name) => `int ${name}`).join(", ")})\n`)[0]!, state);

/** ECMAScript's reserved words, those of strict code and modules, and globals that are constant. */
const reserved = [
  ..."await break case catch class continue debugger default delete do else enum".split(" "),
  ..."export extends false finally for function if import in instanceof new null".split(" "),
  ..."return super switch this throw true try typeof var while with yield".split(" "),
  ..."let static implements interface package private protected public".split(" "),
  ..."arguments eval Infinity NaN undefined".split(" "),
];

test.each(reserved)("%s gets a tail", (word) => {
  expect(namesOf([word])).toEqual([`${word}_`]);
});

test("a contextual keyword or a name that only begins like a reserved word is left", () => {
  const names = ["as", "async", "type", "of", "get", "news", "nan", "New", "e", "trace_e"];
  expect(namesOf(names)).toEqual(names);
});

test("the name of the event's state gets a tail", () => {
  expect(namesOf(["TRACE_E", "TRACE_F"])).toEqual(["TRACE_E_", "TRACE_F"]);
  expect(namesOf(["TRACE_E", "TRACE_F"], "TRACE_F")).toEqual(["TRACE_E", "TRACE_F_"]);
});

test("a tail is as long as no other parameter has the name", () => {
  expect(namesOf(["new", "new_", "new___"])).toEqual(["new__", "new_", "new___"]);
  expect(namesOf(["new_", "new__", "new"])).toEqual(["new_", "new__", "new___"]);
});

test("a name that is not an identifier is refused", () => {
  const [event] = modelsOf("e(int a)\n");
  const named = { ...event!, arguments: [{ ...event!.arguments[0]!, name: "a b" }] };
  expect(() => parameterNames(named, "TRACE_E")).toThrow(
    new TypeError('no tracer can have the name "a b" in it'),
  );
});
