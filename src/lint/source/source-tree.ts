import type { PastedName, SourceFile } from "./source-file.js";

/** The sources of a tree, by what they say of trace events. */
export interface SourceTree {
  /** The files that say something of trace events. */
  readonly files: readonly SourceFile[];
  /** True if there is a file of this path, relative to the top. */
  readonly has: (path: string) => boolean;
  /** The paths of all files of this name, without folder. */
  readonly named: (basename: string) => readonly string[];
  /** The names of the files that stand in a folder, which is given with its last `/`. */
  readonly below: (folder: string) => readonly string[];
  /** The files that call an event or speak of it. */
  readonly users: (event: string) => readonly SourceFile[];
  /** True if some macro may paste this name together. */
  readonly mayBePasted: (event: string) => boolean;
  /** True if the sources themselves define a function `trace_NAME`. */
  readonly defines: (event: string) => boolean;
}

/** Gathers scanned files; `paths` are those of all files that there are. */
export function buildSourceTree(files: readonly SourceFile[], paths: Iterable<string>): SourceTree {
  const all = new Set(paths);
  const byBasename = new Map<string, string[]>();
  for (const path of all) push(byBasename, path.slice(path.lastIndexOf("/") + 1), path);
  const users = new Map<string, SourceFile[]>();
  const pasted = new Map<string, PastedName>();
  const defined = new Set<string>();
  for (const file of files) {
    const names = [...file.calls, ...file.mentions].map(({ name }) => name);
    for (const name of new Set(names)) push(users, name, file);
    for (const name of file.pasted) pasted.set(`${name.prefix} ${name.suffix}`, name);
    for (const name of file.defined) defined.add(name);
  }
  return {
    files,
    has: (path) => all.has(path),
    named: (basename) => byBasename.get(basename) ?? [],
    below: (folder) =>
      [...all]
        .filter((path) => path.startsWith(folder) && !path.includes("/", folder.length))
        .map((path) => path.slice(folder.length)),
    users: (event) => users.get(event) ?? users.get(event.toLowerCase()) ?? [],
    mayBePasted: (event) =>
      [...pasted.values()].some(
        ({ prefix, suffix }) =>
          event.length > prefix.length + suffix.length &&
          event.startsWith(prefix) &&
          event.endsWith(suffix),
      ),
    defines: (event) => defined.has(event),
  };
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
