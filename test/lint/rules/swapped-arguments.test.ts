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

test("what computes is known by its words: each speaks of the other", () => {
  const calls = {
    "a/trace-events": 'unplug(int bsel, int slot) ""',
    "a/b.c": "{ trace_unplug(PCI_SLOT(d->devfn), get_bsel(bus)); }",
  };
  expect(said(rule, calls)).toEqual([
    "'PCI_SLOT(d->devfn), get_bsel(bus)': 'trace_unplug' is called with 'PCI_SLOT(d->devfn)', 'get_bsel(bus)', but a/trace-events:1 declares 'bsel', 'slot'",
  ]);
  expect(said(rule, tree("trace_resize(max(width, height), min(width, height), 8)"))).toEqual([]);
});
