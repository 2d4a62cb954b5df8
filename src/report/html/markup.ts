/** HTML that is safe to stand in a page: only `html` makes it, of our own text and escaped values. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text is escaped, markup is not, absent things leave no trace. */
export type Content = Markup | string | number | undefined | false | readonly Content[];

/** A template of HTML; every value that is no markup itself is escaped, also within attributes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const parts = strings.map((text, index) =>
    index < values.length ? text + render(values[index]) : text,
  );
  return { markup: parts.join("") };
}

/** Text for element content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** A value as the text of a `<script type="application/json">`: nothing in it can end the element. */
export function scriptJson(value: unknown): Markup {
  const json = JSON.stringify(value).replace(/</g, "\\u003c");
  return { markup: json.replace(/\u2028/g, "\\u2028").replace(/\u2029/g, "\\u2029") };
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function render(value: Content): string {
  if (value === undefined || value === false) return "";
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return isList(value) ? value.map(render).join("") : value.markup;
}

function isList(value: Markup | readonly Content[]): value is readonly Content[] {
  return Array.isArray(value);
}
