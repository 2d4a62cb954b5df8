import { expect, test } from "vitest";
import { html, scriptJson } from "../../../src/report/html/markup.js";

test("values are text, in elements and in attributes", () => {
  const name = `"><script>'&`;
  expect(html`<b title="${name}">${name}</b>`.markup).toBe(
    '<b title="&quot;&gt;&lt;script&gt;&#39;&amp;">&quot;&gt;&lt;script&gt;&#39;&amp;</b>',
  );
});

test("markup stands as it is, also in lists; what is absent leaves no trace", () => {
  expect(html`<p>${[html`<i>1</i>`, 2]}${undefined}${false}</p>`.markup).toBe("<p><i>1</i>2</p>");
});

test("JSON can end no script, and reads as it was", () => {
  const value = { text: "</script><!--\u2028" };
  const { markup } = scriptJson(value);
  expect(markup).not.toMatch(/<|\u2028/);
  expect(JSON.parse(markup)).toEqual(value);
});
