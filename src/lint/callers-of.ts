import type { LintedTree } from "./linted-tree.js";

/**
 * The paths of the sources that call an event which the file at `eventsPath` declares, or speak of
 * it. Where several files declare the name, only the sources below this one's folder are meant.
 */
export function callersOf(name: string, eventsPath: string, tree: LintedTree): readonly string[] {
  const callers = (tree.sources?.users(name) ?? []).map(({ path }) => path);
  if (tree.declarations(name).length < 2) return callers;
  const folder = eventsPath.slice(0, eventsPath.lastIndexOf("/") + 1);
  return callers.filter((path) => path.startsWith(folder));
}
