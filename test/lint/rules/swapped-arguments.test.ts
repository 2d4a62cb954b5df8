import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "swapped-arguments";

const tree = (call: string) => ({
  "a/trace-events": 'resize(int width, int height, int depth) ""',
  "a/b.c": `{ ${call}; }`,
});

test("members and casts are known by their names", () => {
  expect(said(rule, tree("trace_resize(s->height, (int)s->width, 8)"))).toEqual([
    "'s->height, (int)s->width': 'trace_resize' is called with 'height', 'width', but a/trace-events:1 declares 'width', 'height'",
  ]);
});

test("three in a ring", () => {
  expect(said(rule, tree("trace_resize(height, depth, width)"))).toHaveLength(1);
});

test("one name in another's place says nothing, nor does the right order", () => {
  expect(said(rule, tree("trace_resize(height, h, 8)"))).toEqual([]);
  expect(said(rule, tree("trace_resize(width, height, depth)"))).toEqual([]);
});
