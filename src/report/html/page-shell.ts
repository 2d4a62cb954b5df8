import { html, type Markup, scriptJson } from "./markup.js";

/** What stands in a page. */
export interface PageParts {
  readonly title: string;
  /** Its style sheet and its script, as the bundle of its `page/` has them. */
  readonly style: string;
  readonly script: string;
  readonly main: readonly (Markup | undefined)[];
  /** A line below everything. */
  readonly footer: string;
  /** What the script reads from the element `data`. */
  readonly data: unknown;
}

/** A whole page that needs no network and asks for nothing: its policy lets no request out. */
export function pageShell({ title, style, script, main, footer, data }: PageParts): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="generator" content="qtrace">
<title>${title} – qtrace</title>
<style>${{ markup: style }}</style>
</head>
<body>
<header><p class="brand">qtrace</p><h1>${title}</h1>
<button type="button" id="theme" aria-label="Dark" aria-pressed="false" title="Light or dark">◐</button></header>
<main>
${main.map((part) => html`${part}\n`)}</main>
<footer>${footer}</footer>
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${{ markup: script }}</script>
</body>
</html>
`;
  return page.markup;
}
