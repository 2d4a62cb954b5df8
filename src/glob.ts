/** Whether a name matches a pattern: `*` is any characters or none, `?` one; all else is literal. */
export function matchName(pattern: string, name: string): boolean {
  return matchSequence([...pattern], [...name], isStar, sameCharacter);
}

/**
 * Whether a path matches a pattern, folder by folder: `*` and `?` are as in names, `**` between
 * slashes is any folders or none. A pattern that ends in `/` or `/**` takes everything below.
 */
export function matchPath(pattern: string, path: string): boolean {
  const parts = pattern.split("/");
  const last = parts.length - 1;
  // Below a folder there is at least one name.
  if ((last > 0 && parts[last] === "") || isAnyFolders(parts[last]!))
    parts.splice(last, 1, "**", "*");
  return matchSequence(parts, path.split("/"), isAnyFolders, matchName);
}

/**
 * Whether elements match a pattern of elements, some of which take any number of them. After a
 * mismatch only the last of those takes one more: what was before it has matched as early as it can,
 * so no other choice could do better. Hence each element of the text is compared with each of the
 * pattern once at most, whatever somebody writes into a pattern.
 */
export function matchSequence<P, T>(
  pattern: readonly P[],
  text: readonly T[],
  takesAny: (part: P) => boolean,
  same: (part: P, element: T) => boolean,
): boolean {
  let at = 0;
  let next = 0;
  let lastAny = -1;
  let taken = 0;
  while (next < text.length) {
    if (at < pattern.length && takesAny(pattern[at]!)) {
      lastAny = at++;
      taken = next;
    } else if (at < pattern.length && same(pattern[at]!, text[next]!)) {
      at++;
      next++;
    } else if (lastAny >= 0) {
      at = lastAny + 1;
      next = ++taken;
    } else return false;
  }
  return pattern.slice(at).every(takesAny);
}

function isStar(character: string): boolean {
  return character === "*";
}

function sameCharacter(pattern: string, character: string): boolean {
  return pattern === "?" || pattern === character;
}

function isAnyFolders(part: string): boolean {
  return /^\*\*+$/.test(part);
}
