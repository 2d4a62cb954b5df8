/**
 * A server's URL as messages show it, parsed or not: without user, password and query, since a
 * password in the wrong place must not reach a log.
 */
export function shownUrl(text: string): string {
  return text.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, "$1***@").replace(/\?.*/s, "?***");
}
